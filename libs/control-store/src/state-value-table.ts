import type { StateValue, StateValues } from './state-values.js';
import type { StoreConnection, StoreDatabase } from './store-database.js';
import type { StoreEngine } from './store-engine.js';

export interface StateValueOptions {
  readonly database: StoreDatabase;
  readonly now: () => number;
}

export function createStateValues({ database, now }: StateValueOptions): StateValues {
  return {
    get: (name) => database.run('reading a setting', (connection) => readState(connection, name)),
    put: (name, content, condition = {}) =>
      database.transact('changing a setting', async (transaction) => {
        const stored = await lockState(transaction, { engine: database.engine, name });
        if (condition.expectedVersion !== undefined && condition.expectedVersion !== stored) return null;
        const value: StateValue = { content, version: stored + 1, changedAtMs: now() };
        await writeState(transaction, name, value);
        return value;
      }),
    remove: (name) =>
      database.run('removing a setting', async (connection) => {
        const removed = await connection
          .deleteFrom('sync_state')
          .where('name', '=', name)
          .where('version', '>', 0)
          .executeTakeFirst();
        return removed.numDeletedRows > 0n;
      }),
  };
}

/** @returns null where nothing was put under that name */
export async function readState(connection: StoreConnection, name: string): Promise<StateValue | null> {
  const row = await connection
    .selectFrom('sync_state')
    .selectAll()
    .where('name', '=', name)
    .where('version', '>', 0)
    .executeTakeFirst();
  if (!row) return null;
  return { content: JSON.parse(row.content), version: row.version, changedAtMs: row.changed_at_ms };
}

/**
 * Holds the setting until the transaction ends, whether it exists or not: version 0 stands for "not there yet" and is
 * what a first put of two processes at once waits on.
 * @returns the version stored
 */
export async function lockState(
  transaction: StoreConnection,
  { engine, name }: { readonly engine: StoreEngine; readonly name: string },
): Promise<number> {
  const missing = transaction
    .insertInto('sync_state')
    .values({ name, content: 'null', version: 0, changed_at_ms: 0 });
  await (engine === 'mysql' ? missing.ignore() : missing.onConflict((clash) => clash.doNothing())).execute();
  await transaction
    .updateTable('sync_state')
    .set(({ ref }) => ({ version: ref('version') }))
    .where('name', '=', name)
    .execute();
  const row = await transaction
    .selectFrom('sync_state')
    .select('version')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return row.version;
}

/** Over a setting held by {@link lockState}. */
export async function writeState(
  transaction: StoreConnection,
  name: string,
  { content, version, changedAtMs }: StateValue,
): Promise<void> {
  await transaction
    .updateTable('sync_state')
    .set({ content: JSON.stringify(content), version, changed_at_ms: changedAtMs })
    .where('name', '=', name)
    .execute();
}
