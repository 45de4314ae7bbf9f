import type { ServerTls } from '@rowbridge/database-access';
import { createAuditLog } from './audit-log-table.js';
import type { ControlStore } from './control-store.js';
import { createDeadLetterIndex } from './dead-letters/dead-letter-table.js';
import { migrateStore } from './migrate-store.js';
import { createReplayLog } from './replays/replay-table.js';
import { createSortableIds } from './sortable-id.js';
import { createStateValues } from './state-value-table.js';
import { openStoreDatabase } from './store-database.js';
import { createSyncRunStore } from './sync-run-table.js';

export interface ControlStoreOptions {
  /** `sqlite:<path>`, `sqlite::memory:`, `postgres://user:password@host:port/database` or `mysql://…`. */
  readonly url: string;
  /** The connection is encrypted and the server verified, or there is none. Servers only. */
  readonly tls?: ServerTls | undefined;
  /** Milliseconds since 1970; the system's clock unless told. */
  readonly now?: () => number;
}

/**
 * Opens the store and brings its tables up to date.
 * @throws RowbridgeError `invalid_configuration` for an address of another kind, `control_store_unavailable`
 */
export async function openControlStore({
  url,
  tls,
  now = Date.now,
}: ControlStoreOptions): Promise<ControlStore> {
  const database = openStoreDatabase(url, tls);
  try {
    await migrateStore(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  const nextId = createSortableIds(now);
  return {
    runs: createSyncRunStore({ database, nextId, now }),
    deadLetters: createDeadLetterIndex(database),
    replays: createReplayLog(database),
    audit: createAuditLog({ database, nextId, now }),
    state: createStateValues({ database, now }),
    ping: () => database.ping(),
    close: () => database.close(),
  };
}
