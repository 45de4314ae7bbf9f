import type { ChangeEvent, RowKey } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import { BatchProgress, isReplayed, type BatchEntry } from './batch-entry.js';
import type { BatchWork } from './batch-work.js';
import { collapseChains } from './decisions/collapse-chains.js';
import type { DirectionContext } from './direction-context.js';
import { isolateFaults } from './isolate-faults.js';
import { judgeEntries } from './judge-entries.js';
import { normalizeChange } from './normalize-change.js';
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
  const { table, state, mayWait } = batch;
  const entries = decoded.map((record): BatchEntry => ({
    decoded: normalizeChange(table, record),
    carrier: record.record,
    ruling: null,
  }));
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
export async function commitRange(range: RecordRange, context: DirectionContext): Promise<PartitionState> {
  const startedAtMs = context.clock.now();
  const progress = new BatchProgress();
  const next = await context.target.transaction(async (transaction) => {
    const state = await advanceFence(transaction.ledger, range.state, range.entries);
    await settleRange(range, context, { transaction, progress });
    return state;
  });
  reportRange(range, context, { progress, startedAtMs });
  return next;
}

/** Everything about a range but its fence: claims, judges, compares and writes within the transaction. */
export async function settleRange(
  { table, entries, mayWait }: RecordRange,
  context: DirectionContext,
  { transaction, progress }: Pick<BatchWork, 'transaction' | 'progress'>,
): Promise<void> {
  const twins = new TwinDirectory(transaction, context.source, context.plan);
  const isReplay = entries.some(isReplayed);
  const work: BatchWork = { context, table, transaction, twins, progress, mayWait, isReplay };

  const events = claimable(entries);
  const fresh = await transaction.ledger.claim([...new Set(events.map((event) => event.eventId))]);
  const keyStates = await readKeyStates(
    work,
    events.filter((event) => fresh.has(event.eventId)),
  );

  const candidates = judgeEntries(work, { entries, fresh, keyStates });
  for (const wave of collapseChains(table, candidates)) await settleWave(work, wave);

  await twins.cacheLearned();
  await saveVersions(work);
  await listLooks(work);
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
  const { table, transaction, twins, progress, isReplay } = work;
  const keys = [...new Set(events.map((event) => event.key))];
  // I3: a live change that passes meanwhile must be seen here, or see what is written here.
  if (isReplay) await transaction.keys.lock(table, keys);
  const keyStates = await readSteadyStates(work, keys);
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

/**
 * What is known of the keys. Where one awaits a second look that another transaction has in work, the look's end is
 * awaited: one that closes meanwhile no longer holds the key back, and what it has linked is read.
 */
async function readSteadyStates(
  { table, transaction }: BatchWork,
  keys: readonly RowKey[],
): Promise<ReadonlyMap<RowKey, KeyState>> {
  const states = new Map<RowKey, KeyState>();
  for (let unread = keys; unread.length > 0;) {
    const read = await transaction.keys.read(table, unread);
    for (const key of unread) states.delete(key);
    for (const [key, state] of read) states.set(key, state);
    const listed = unread.filter((key) => read.get(key)?.awaitsLook === true);
    const held = listed.length > 0 ? await transaction.looks.hold(table, listed) : new Set<RowKey>();
    unread = listed.filter((key) => !held.has(key));
  }
  return states;
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

/** Tells what became of the range, once that is certain. */
export function reportRange(
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
      record: entry.carrier,
      replayed: isReplayed(entry),
      outcome,
      event: entry.decoded.kind === 'change' ? entry.decoded.event : null,
    });
  }
}
