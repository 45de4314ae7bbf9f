import type { Page, PageRequest } from './control-store.js';

/** One change somebody made, or tried to make. Never holds a secret. */
export interface AuditEntry {
  /** Sorts as text in the order of appending. */
  readonly id: string;
  readonly atMs: number;
  /** Name of the token, or `scheduler`. At most 200 characters. */
  readonly actor: string;
  /** Such as `dlq.discard`. At most 100 characters. */
  readonly action: string;
  /** What it was done to, such as `dead letter 0-17`. At most 250 characters. */
  readonly target: string;
  /** Through JSON; null where it does not apply. */
  readonly before: unknown;
  readonly after: unknown;
  /** `done`, or the code of the error it ended with. At most 100 characters. */
  readonly result: string;
  readonly traceId: string | null;
}

export type NewAuditEntry = Omit<AuditEntry, 'id' | 'atMs'>;

export interface AuditQuery extends PageRequest {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly result?: string | undefined;
  /** Inclusive. */
  readonly fromMs?: number | undefined;
  /** Exclusive. */
  readonly untilMs?: number | undefined;
}

/** Who changed what, for ever: entries are appended and read, nothing else. */
export interface AuditLog {
  append(entry: NewAuditEntry): Promise<AuditEntry>;
  /** Newest first. */
  list(query: AuditQuery): Promise<Page<AuditEntry>>;
}
