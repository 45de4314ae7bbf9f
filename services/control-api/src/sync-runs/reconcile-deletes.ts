import { setTimeout as delay } from 'node:timers/promises';
import type { RowImage, RowKey } from '@rowbridge/change-event';
import {
  createMysqlSideReader,
  createPostgresSideReader,
  type ReadColumn,
  type ReadRow,
  type SideReader,
} from '@rowbridge/consistency';
import { secondLookTopic, type SecondLookRequest } from '@rowbridge/control-protocol';
import { runOnMysql, runOnPostgres } from '@rowbridge/database-access';
import type { RecordProducer } from '@rowbridge/kafka';
import type { TablePlan } from '@rowbridge/mapping';
import { rowDigest } from '@rowbridge/pipeline';
import { untilDone } from './until-done.js';
import { waitUntilPassedByAll, type PassingPorts } from './passed-by-all.js';
import type { TableReset } from './run-direction.js';
import type { SyncedDatabase, SyncedDirection, SyncedSystem } from './synced-system.js';

export interface DeleteReconciliation {
  readonly system: SyncedSystem;
  /** Its target is searched for rows whose source row is gone. */
  readonly direction: string;
  readonly entities: readonly string[];
  readonly abortSignal: AbortSignal;
  readonly onCount: (entity: string, counted: TableReset) => void;
  /** Told that what is waited for has come nearer. */
  readonly onProgress: () => void;
  /** Told of what failed and is done again; giving up is left to the signal. */
  readonly onFailure: (entity: string, failure: unknown) => void;
}

/** @throws AbortError once aborted */
export type ReconcileDeletes = (work: DeleteReconciliation) => Promise<void>;

export interface ReconcilePorts extends Omit<PassingPorts, 'pause' | 'onProgress'> {
  readonly producer: RecordProducer;
  /** Rows of the target read at a time. Default 1,000. */
  readonly pageRows?: number;
  readonly pollMs?: number;
  /** Pause before a page that failed is done again. Default 5,000. */
  readonly retryMs?: number;
}

/**
 * Has deletes that never arrived made up for. A target row that was linked to a source row which is gone is put up for
 * a second look, never deleted here. The look is asked to let the source side win without dispute, so the row is seen
 * unchanged from before both directions had passed the logs' ends until after, with no look at it pending on either
 * side: an application's edit that crosses meanwhile brings the source row back or leaves the row alone (I5).
 */
export function createReconcileDeletes(ports: ReconcilePorts): ReconcileDeletes {
  return async (work) => {
    const direction = work.system.directions.find(({ plan }) => plan.name === work.direction);
    if (direction === undefined) throw new RangeError(`the system has no direction ${work.direction}`);
    const reverse = work.system.directions.find(({ plan }) => plan.name === direction.plan.reverseDirection);
    // Children before parents: a parent with children left could not be deleted yet.
    for (const table of [...direction.plan.tables].reverse()) {
      if (!work.entities.includes(table.entity)) continue;
      await reconcileTable({ ...work, ports, table, pair: { direction, reverse: reverse ?? null } });
    }
  };
}

interface TableWork extends Pick<
  DeleteReconciliation,
  'abortSignal' | 'onCount' | 'onProgress' | 'onFailure'
> {
  readonly ports: ReconcilePorts;
  readonly table: TablePlan;
  readonly pair: { readonly direction: SyncedDirection; readonly reverse: SyncedDirection | null };
}

/** A target row without its source row. */
interface Orphan {
  readonly sourceKey: RowKey;
  readonly targetKey: RowKey;
  readonly digest: string;
}

async function reconcileTable(work: TableWork): Promise<void> {
  const { ports, table, abortSignal, onCount } = work;
  const persistence = {
    abortSignal,
    onFailure: (failure: unknown) => work.onFailure(table.entity, failure),
    retryMs: ports.retryMs ?? 5_000,
  };
  const limit = ports.pageRows ?? 1_000;
  const counted = { rowsCompared: 0, looksListed: 0 };
  let afterKey: RowKey | null = null;
  for (;;) {
    const page: { readonly afterKey: RowKey | null; readonly limit: number } = { afterKey, limit };
    const { rows, looksListed } = await untilDone(() => reconcilePage(work, page), persistence);
    counted.rowsCompared += rows.length;
    counted.looksListed += looksListed;
    onCount(table.entity, { ...counted });
    afterKey = rows.at(-1)?.key ?? null;
    if (rows.length < limit || afterKey === null) return;
  }
}

/** May be done again at any point: a look that is asked for twice is one look. */
async function reconcilePage(
  work: TableWork,
  page: { readonly afterKey: RowKey | null; readonly limit: number },
): Promise<{ readonly rows: readonly ReadRow[]; readonly looksListed: number }> {
  const { table, pair } = work;
  const rows = await readerOf(pair.direction.target).readPage(table.target, columnsOf(table), page);
  const orphans = await findOrphans(work, rows);
  return { rows, looksListed: orphans.length > 0 ? await listOrphans(work, orphans) : 0 };
}

function columnsOf(table: TablePlan): readonly ReadColumn[] {
  return table.columns.map(({ target, type }) => ({ name: target, type }));
}

/** Rows that are linked to source rows, none of which stands. A row without a link has yet to cross the other way. */
async function findOrphans(
  { table, pair: { direction } }: TableWork,
  rows: readonly ReadRow[],
): Promise<readonly Orphan[]> {
  const [source, target] = [readerOf(direction.source), readerOf(direction.target)];
  const keys = rows.map(({ key }) => key);
  const [own, peer] = await Promise.all([
    target.readTwins(table.entity, 'own', keys),
    source.readTwins(table.entity, 'other', keys),
  ]);
  const linked = (key: RowKey): readonly RowKey[] =>
    [own.get(key), peer.get(key)].filter((sourceKey) => sourceKey !== undefined);
  const standing = await source.readRows(table.source, [], [...new Set(keys.flatMap(linked))]);
  return rows.flatMap((row): readonly Orphan[] => {
    const [sourceKey, ...others] = linked(row.key);
    const digest = digestOf(table, row);
    if (sourceKey === undefined || digest === null) return [];
    if ([sourceKey, ...others].some((key) => standing.has(key))) return [];
    return [{ sourceKey, targetKey: row.key, digest }];
  });
}

/** As a second look computes it; null where the row holds a value its declared type cannot. */
function digestOf(table: TablePlan, { values }: ReadRow): string | null {
  const image: Record<string, RowImage[string]> = {};
  for (const [index, { target }] of table.columns.entries()) {
    const value = values[index];
    if (value === undefined || typeof value === 'symbol') return null;
    image[target] = value;
  }
  return rowDigest(Object.keys(image), image);
}

/** Lists those that are still orphans, unchanged, once both directions have passed; answers how many. */
async function listOrphans(work: TableWork, orphans: readonly Orphan[]): Promise<number> {
  const { ports, table, pair, abortSignal, onProgress } = work;
  const { direction, reverse } = pair;
  await waitUntilPassedByAll(reverse === null ? [direction] : [direction, reverse], table.entity, {
    ...ports,
    onProgress,
    pause: () => delay(ports.pollMs ?? 500, undefined, { signal: abortSignal }),
  });
  const rows = await readerOf(direction.target).readRows(
    table.target,
    columnsOf(table),
    orphans.map(({ targetKey }) => targetKey),
  );
  const still = new Map((await findOrphans(work, [...rows.values()])).map((each) => [each.targetKey, each]));
  const pending = await pendingLooks(work, orphans);
  const listed = orphans.filter(
    (orphan) => still.get(orphan.targetKey)?.digest === orphan.digest && !pending.has(orphan.targetKey),
  );
  await ports.producer.send(
    secondLookTopic,
    listed.map(({ sourceKey, digest }) => {
      const message: SecondLookRequest = {
        direction: direction.plan.name,
        entity: table.entity,
        key: sourceKey,
        undisputedOver: digest,
      };
      return {
        key: Buffer.from(`${table.entity}/${sourceKey}`),
        value: Buffer.from(JSON.stringify(message)),
      };
    }),
  );
  return listed.length;
}

/** Target keys of orphans that either direction is going to look at anyway. */
async function pendingLooks(
  { table, pair: { direction, reverse } }: TableWork,
  orphans: readonly Orphan[],
): Promise<ReadonlySet<RowKey>> {
  const forward = await listedKeys(direction.target, {
    direction: direction.plan.name,
    table: table.source.table,
    keys: orphans.map(({ sourceKey }) => sourceKey),
  });
  const backward = await listedKeys(direction.source, {
    direction: reverse?.plan.name ?? direction.plan.reverseDirection,
    table: table.target.table,
    keys: orphans.map(({ targetKey }) => targetKey),
  });
  return new Set(
    orphans
      .filter(({ sourceKey, targetKey }) => forward.has(sourceKey) || backward.has(targetKey))
      .map(({ targetKey }) => targetKey),
  );
}

async function listedKeys(
  database: SyncedDatabase,
  { direction, table, keys }: { direction: string; table: string; keys: readonly RowKey[] },
): Promise<ReadonlySet<RowKey>> {
  const operation = 'read_listed_looks';
  if (database.family === 'postgres') {
    const text =
      'select row_key from rowbridge.second_looks where direction = $1 and table_name = $2 and row_key = any ($3::text[])';
    const { rows } = await runOnPostgres(database.client)({
      text,
      values: [direction, table, keys],
      operation,
    });
    return new Set(rows.map(([key]) => String(key)));
  }
  const text =
    'select convert(row_key using utf8mb4) from rowbridge.second_looks where direction = ? and table_name = ? and row_key in (?)';
  const { rows } = await runOnMysql(database.client)({ text, values: [direction, table, keys], operation });
  return new Set(rows.map(([key]) => String(key)));
}

function readerOf(database: SyncedDatabase): SideReader {
  return database.family === 'postgres'
    ? createPostgresSideReader(database.client)
    : createMysqlSideReader(database.client);
}
