import type { ChangeEvent, RowKey } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import { BatchProgress, type BatchEntry } from './batch-entry.js';
import type { BatchWork } from './batch-work.js';
import { collapseChains } from './decisions/collapse-chains.js';
import type { DirectionContext } from './direction-context.js';
import { isolateFaults } from './isolate-faults.js';
import { judgeEntries } from './judge-entries.js';
import { advanceFence, type PartitionState, type TopicBatch } from './partition-state.js';
import type { KeyState } from './ports.js';
import { TwinDirectory } from './resolve-twins.js';
import { settleWave } from './settle-wave.js';

/**
 * The path of the rows in one batch of one partition, from the topic into the target. When it resolves, every record
 * has exactly one outcome, committed together with the partition's next offset (I1, I2); only then may the offset be
 * committed to Kafka. A system's fault rejects with nothing of the failing part committed: the batch is simply tried
 * again from `state.nextOffset` as the target has it.
 * @throws RowbridgeError with the disposition of the fault; FenceLostError when another consumer owns the partition;
 *   RelativesAwaited where the batch may wait and should
 */
export async function processBatch(batch: TopicBatch, context: DirectionContext): Promise<PartitionState> {
  const decoded = await context.decode(batch.records);
  const entries = decoded.map((record): BatchEntry => ({ decoded: record, ruling: null }));
  const { table, state, mayWait } = batch;
  return isolateFaults({ table, entries, state, mayWait }, context, commitRange);
}

/** A run of records without a gap that is committed as one. */
export interface RecordRange {
  readonly table: TablePlan;
  readonly entries: readonly BatchEntry[];
  readonly state: PartitionState;
  readonly mayWait: boolean;
}

/** Applies a range in one transaction of the target and answers the partition's new state. */
async function commitRange(range: RecordRange, context: DirectionContext): Promise<PartitionState> {
  const startedAtMs = context.clock.now();
  const progress = new BatchProgress();
  const next = await context.target.transaction(async (transaction) => {
    const twins = new TwinDirectory(transaction, context.source, context.plan);
    const { table, mayWait } = range;
    const work: BatchWork = { context, table, transaction, twins, progress, mayWait };

    const state = await advanceFence(transaction.ledger, range.state, range.entries);
    const events = claimable(range.entries);
    const fresh = await transaction.ledger.claim([...new Set(events.map((event) => event.eventId))]);
    const keyStates = await readKeyStates(
      work,
      events.filter((event) => fresh.has(event.eventId)),
    );

    const candidates = judgeEntries(work, { entries: range.entries, fresh, keyStates });
    for (const wave of collapseChains(range.table, candidates)) await settleWave(work, wave);

    await twins.cacheLearned();
    await saveVersions(work);
    await listLooks(work);
    return state;
  });
  report(range, context, { progress, startedAtMs });
  return next;
}

/** A dead-lettered change is not claimed, so that its replay is. */
function claimable(entries: readonly BatchEntry[]): readonly ChangeEvent[] {
  return entries.flatMap(({ decoded, ruling }) =>
    decoded.kind === 'change' && ruling?.kind !== 'dead_lettered' ? [decoded.event] : [],
  );
}

async function readKeyStates(
  work: BatchWork,
  events: readonly ChangeEvent[],
): Promise<ReadonlyMap<RowKey, KeyState>> {
  const { table, transaction, twins, progress } = work;
  const keys = [...new Set(events.map((event) => event.key))];
  const keyStates = keys.length > 0 ? await transaction.keys.read(table, keys) : new Map<RowKey, KeyState>();
  const strangers: RowKey[] = [];
  for (const key of keys) {
    const state = keyStates.get(key);
    progress.versions.set(key, {
      position: state?.position ?? null,
      spentStamp: state?.spentStamp ?? null,
      deleted: state?.deleted ?? false,
      generation: state?.generation ?? 0,
      touched: false,
    });
    const targetKey = state?.targetKey ?? null;
    if (targetKey === null) strangers.push(key);
    else twins.learn(table.entity, key, targetKey);
  }
  await twins.askPeer(table.entity, strangers);
  return keyStates;
}

async function saveVersions({ table, transaction, progress }: BatchWork): Promise<void> {
  const changes = [...progress.versions].flatMap(([key, { touched, ...version }]) =>
    touched ? [{ key, ...version }] : [],
  );
  if (changes.length > 0) await transaction.keys.save(table, changes);
}

async function listLooks({ context, table, transaction, progress }: BatchWork): Promise<void> {
  if (progress.looks.size === 0) return;
  const dueAtMs = context.clock.now();
  await transaction.looks.list(
    table,
    [...progress.looks].map(([key, look]) => ({ key, ...look, dueAtMs })),
  );
}

function report(
  range: RecordRange,
  { observer, clock }: DirectionContext,
  { progress, startedAtMs }: { progress: BatchProgress; startedAtMs: number },
): void {
  const seconds = (clock.now() - startedAtMs) / 1000;
  observer.batchCommitted({ table: range.table.entity, records: range.entries.length, seconds });
  if (progress.leaks > 0) observer.echoLeaked({ table: range.table.entity, count: progress.leaks });
  for (const entry of range.entries) {
    const outcome = progress.outcomeOf.get(entry);
    if (outcome === undefined) throw new TypeError('a record was committed without an outcome');
    observer.recordSettled({
      table: range.table,
      outcome,
      event: entry.decoded.kind === 'change' ? entry.decoded.event : null,
    });
  }
}
