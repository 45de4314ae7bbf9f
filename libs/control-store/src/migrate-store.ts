import { Migrator } from 'kysely';
import { createControlTables } from './migrations/create-control-tables.js';
import { createReplayTable } from './migrations/create-replay-table.js';
import { indexSourceOrder } from './migrations/index-source-order.js';
import type { StoreDatabase } from './store-database.js';

/**
 * Brings the store's tables up to date. Processes that start at once wait for each other: PostgreSQL and MySQL by an
 * advisory lock, SQLite by the file's write lock.
 * @throws RowbridgeError `control_store_unavailable`
 */
export async function migrateStore(database: StoreDatabase): Promise<void> {
  await database.run('bringing its tables up to date', async (connection) => {
    const migrator = new Migrator({
      db: connection,
      migrationTableName: 'control_store_migrations',
      migrationLockTableName: 'control_store_migration_lock',
      provider: {
        getMigrations: () =>
          Promise.resolve({
            '0001-control-tables': createControlTables(database.engine),
            '0002-replays': createReplayTable(database.engine),
            '0003-source-order': indexSourceOrder(database.engine),
          }),
      },
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  });
}
