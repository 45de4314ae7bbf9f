import { sql } from 'kysely';
import type { Page } from './control-store.js';
import { containsPattern } from './like-pattern.js';
import { cutPage, idAfter, pageSize } from './page-cursor.js';
import type { SortableIdSource } from './sortable-id.js';
import type { StoreConnection, StoreDatabase } from './store-database.js';
import type { SyncHistoryRow } from './store-tables.js';
import { changedColumns, toSyncHistoryRow, toSyncRun } from './sync-run-row.js';
import type { NewSyncRun, SyncRun, SyncRunCreation, SyncRunQuery, SyncRunStore } from './sync-run-store.js';

export interface SyncRunStoreOptions {
  readonly database: StoreDatabase;
  readonly nextId: SortableIdSource;
  readonly now: () => number;
}

export function createSyncRunStore({ database, nextId, now }: SyncRunStoreOptions): SyncRunStore {
  const change = (id: string, columns: Partial<SyncHistoryRow>): Promise<SyncRun | null> =>
    database.transact('changing a sync run', async (transaction) => {
      const changed = await transaction
        .updateTable('sync_history')
        .set({ ...columns, updated_at_ms: now() })
        .where('id', '=', id)
        .where('status', '=', 'running')
        .executeTakeFirst();
      return changed.numUpdatedRows === 0n ? null : readRun(transaction, 'id', id);
    });
  return {
    create: (run) => createRun({ database, nextId, now }, run),
    update: (id, changes) => change(id, changedColumns(changes)),
    finish: (id, { status, error = null, ...changes }) =>
      change(id, {
        ...changedColumns(changes),
        status,
        error: error === null ? null : JSON.stringify(error),
        running_slot: null,
        ended_at_ms: now(),
      }),
    get: (id) => database.run('reading a sync run', (connection) => readRun(connection, 'id', id)),
    running: (system) =>
      database.run('reading the running sync run', (connection) =>
        readRun(connection, 'running_slot', system),
      ),
    list: (query) => database.run('listing sync runs', (connection) => listRuns(connection, query)),
  };
}

async function readRun(
  connection: StoreConnection,
  column: 'id' | 'running_slot',
  value: string,
): Promise<SyncRun | null> {
  const row = await connection
    .selectFrom('sync_history')
    .selectAll()
    .where(column, '=', value)
    .executeTakeFirst();
  return row ? toSyncRun(row) : null;
}

/** The unique slot of the running one decides; the loop is for a run that ends between losing the slot and looking. */
async function createRun(
  { database, nextId, now }: SyncRunStoreOptions,
  wanted: NewSyncRun,
): Promise<SyncRunCreation> {
  for (;;) {
    const nowMs = now();
    const run: SyncRun = {
      progress: [],
      signals: [],
      ...wanted,
      id: nextId(),
      status: 'running',
      conflicts: 0,
      error: null,
      startedAtMs: nowMs,
      updatedAtMs: nowMs,
      endedAtMs: null,
    };
    const created = await database.run('creating a sync run', async (connection) => {
      const insert = connection.insertInto('sync_history').values(toSyncHistoryRow(run));
      const guarded =
        database.engine === 'mysql'
          ? insert.ignore()
          : insert.onConflict((clash) => clash.column('running_slot').doNothing());
      const { numInsertedOrUpdatedRows } = await guarded.executeTakeFirst();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    });
    if (created) return { kind: 'created', run };
    const running = await database.run('reading the running sync run', (connection) =>
      readRun(connection, 'running_slot', wanted.system),
    );
    if (running) return { kind: 'busy', running };
  }
}

async function listRuns(connection: StoreConnection, query: SyncRunQuery): Promise<Page<SyncRun>> {
  const limit = pageSize(query.limit);
  let select = connection.selectFrom('sync_history').selectAll();
  if (query.system !== undefined) select = select.where('system_name', '=', query.system);
  if (query.statuses !== undefined) select = select.where('status', 'in', [...query.statuses]);
  if (query.trigger !== undefined) select = select.where('started_by', '=', query.trigger);
  if (query.actor !== undefined) select = select.where('actor', '=', query.actor);
  if (query.fromMs !== undefined) select = select.where('started_at_ms', '>=', query.fromMs);
  if (query.untilMs !== undefined) select = select.where('started_at_ms', '<', query.untilMs);
  for (const [column, name] of [
    ['directions', query.direction],
    ['tables', query.table],
  ] as const) {
    if (name === undefined) continue;
    const pattern = containsPattern(JSON.stringify(name));
    select = select.where(sql<boolean>`${sql.ref(column)} like ${pattern} escape '!'`);
  }
  const after = idAfter(query.cursor);
  if (after !== undefined) select = select.where('id', '<', after);
  const rows = await select
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return cutPage(rows.map(toSyncRun), limit, ({ id }) => [id]);
}
