import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiToken } from '@rowbridge/config';
import type { Caller } from './caller.js';

const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** The token of an `Authorization` header (RFC 6750); null where it holds none. */
export function bearerToken(authorization: string | undefined): string | null {
  return bearer.exec(authorization ?? '')?.[1] ?? null;
}

/** Knows tokens by their digests. */
export class TokenBook {
  constructor(private readonly tokens: readonly ApiToken[]) {}

  /** Takes the same time whichever token is given, right or wrong: digests are compared, and all of them. */
  callerOf(token: string): Caller | null {
    const digest = createHash('sha256').update(token).digest();
    let caller: Caller | null = null;
    for (const { name, scopes, digest: known } of this.tokens) {
      if (timingSafeEqual(digest, known)) caller = { name, scopes };
    }
    return caller;
  }
}
