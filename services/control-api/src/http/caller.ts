import type { Scope } from '@rowbridge/control-protocol';

/** Who makes a request. */
export interface Caller {
  /** The token's name, as in the configuration; for logs and the audit log. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

export const anonymous: Caller = { name: 'anonymous', scopes: new Set() };
