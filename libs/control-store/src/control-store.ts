import type { AuditLog } from './audit-log.js';
import type { DeadLetterIndex } from './dead-letters/dead-letter-index.js';
import type { ReplayLog } from './replays/replay-log.js';
import type { StateValues } from './state-values.js';
import type { SyncRunStore } from './sync-run-store.js';

/**
 * What the control plane remembers: runs, dead letters, replays, who changed what, and settings by key. SQLite, PostgreSQL and
 * MySQL/MariaDB behave the same. Times are milliseconds since 1970, UTC. Lists are paged by keyset, newest first.
 *
 * Every method throws RowbridgeError `control_store_unavailable` while the database does not answer.
 */
export interface ControlStore {
  readonly runs: SyncRunStore;
  readonly deadLetters: DeadLetterIndex;
  readonly replays: ReplayLog;
  readonly audit: AuditLog;
  readonly state: StateValues;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Opaque; asks for the page after this one. Null at the end. */
  readonly next: string | null;
}

/** Which page of a list is asked for. */
export interface PageRequest {
  /** At most this many items; 1 to 500. */
  readonly limit: number;
  /** The `next` of the page before; absent for the first page. @throws InvalidCursorError for any other text */
  readonly cursor?: string | undefined;
}
