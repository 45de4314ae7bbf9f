import { sql } from 'kysely';
import type { StoreConnection, StoreDatabase } from '../store-database.js';
import type { DeadLetterReplayRow } from '../store-tables.js';
import {
  abandonedVersion,
  rememberedReplays,
  type ReplayLog,
  type StoredReplay,
  type StoredReplayResult,
} from './replay-log.js';

export function createReplayLog(database: StoreDatabase): ReplayLog {
  return {
    put: (replay, results) =>
      database.transact('keeping a replay', async (transaction) => {
        const isNew = !(await change(transaction, replay, results));
        if (!isNew) return;
        await transaction.insertInto('dead_letter_replays').values(newRow(replay, results)).execute();
        await forgetOldest(transaction);
      }),
    get: (requestId) =>
      database.run('reading a replay', async (connection) => {
        const row = await readRow(connection, requestId);
        return row ? toReplay(row.content) : null;
      }),
    results: (requestId) =>
      database.run('reading the results of a replay', async (connection) => {
        const row = await readRow(connection, requestId);
        return row ? (JSON.parse(row.results) as StoredReplayResult[]) : [];
      }),
    latest: () =>
      database.run('listing replays', async (connection) => {
        const rows = await newestFirst(connection).select('content').limit(rememberedReplays).execute();
        return rows.map(({ content }) => toReplay(content));
      }),
    running: () =>
      database.run('listing the replays that run', async (connection) => {
        const rows = await connection
          .selectFrom('dead_letter_replays')
          .select(['content', 'version'])
          .where('state', '=', 'running')
          .execute();
        return rows.map(({ content, version }) => ({ replay: toReplay(content), version }));
      }),
    claim: (requestId, version) =>
      database.run('taking over a replay', async (connection) => {
        const claimed = await connection
          .updateTable('dead_letter_replays')
          .set({ version: version + 1 })
          .where('request_id', '=', requestId)
          .where('version', '=', version)
          .where('state', '=', 'running')
          .executeTakeFirst();
        return claimed.numUpdatedRows > 0n;
      }),
    abandon: (requestId) =>
      database.run('letting go of a replay', async (connection) => {
        await connection
          .updateTable('dead_letter_replays')
          .set({ version: abandonedVersion })
          .where('request_id', '=', requestId)
          .execute();
      }),
  };
}

/** Whether there was such a replay. */
async function change(
  transaction: StoreConnection,
  replay: StoredReplay,
  results: readonly StoredReplayResult[] | undefined,
): Promise<boolean> {
  const changed = await transaction
    .updateTable('dead_letter_replays')
    .set(({ ref }) => ({
      state: replay.state,
      content: JSON.stringify(replay),
      version: sql<number>`${ref('version')} + 1`,
      ...(results === undefined ? {} : { results: JSON.stringify(results) }),
    }))
    .where('request_id', '=', replay.requestId)
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

function newRow(
  replay: StoredReplay,
  results: readonly StoredReplayResult[] | undefined,
): DeadLetterReplayRow {
  return {
    request_id: replay.requestId,
    state: replay.state,
    started_at_ms: replay.startedAtMs,
    version: abandonedVersion + 1,
    content: JSON.stringify(replay),
    results: JSON.stringify(results ?? []),
  };
}

async function readRow(
  connection: StoreConnection,
  requestId: string,
): Promise<DeadLetterReplayRow | undefined> {
  return connection
    .selectFrom('dead_letter_replays')
    .selectAll()
    .where('request_id', '=', requestId)
    .executeTakeFirst();
}

function newestFirst(connection: StoreConnection) {
  return connection
    .selectFrom('dead_letter_replays')
    .orderBy('started_at_ms', 'desc')
    .orderBy('request_id', 'desc');
}

async function forgetOldest(transaction: StoreConnection): Promise<void> {
  const kept = await newestFirst(transaction).select('request_id').limit(rememberedReplays).execute();
  await transaction
    .deleteFrom('dead_letter_replays')
    .where('state', '<>', 'running')
    .where(
      'request_id',
      'not in',
      kept.map(({ request_id: requestId }) => requestId),
    )
    .execute();
}

function toReplay(content: string): StoredReplay {
  return JSON.parse(content) as StoredReplay;
}
