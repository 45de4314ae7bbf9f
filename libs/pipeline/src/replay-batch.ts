import type { RawRecord, RowKey } from '@rowbridge/change-event';
import type { RecordOutcome } from '@rowbridge/errors';
import type { TablePlan } from '@rowbridge/mapping';
import { BatchProgress, type BatchEntry } from './batch-entry.js';
import type { DirectionContext, PipelineObserver } from './direction-context.js';
import { isolateFaults } from './isolate-faults.js';
import type { PartitionState } from './partition-state.js';
import { normalizeChange } from './normalize-change.js';
import { passRecords } from './pass-records.js';
import type { TargetTransaction } from './ports.js';
import { commitRange, reportRange, settleRange, type RecordRange } from './process-batch.js';

/** A dead letter that is brought again. */
export interface ReplayedRecord {
  /** As it lies in the topic of replays: the fence follows it. */
  readonly carrier: RawRecord;
  /** As it lay in the topic of its table. */
  readonly original: RawRecord;
}

/** Replayed records of one table, consecutive in one partition of the topic of replays. */
export interface ReplayBatch {
  readonly table: TablePlan;
  readonly replays: readonly ReplayedRecord[];
  readonly state: PartitionState;
  /** Judge and roll back: nothing is claimed, written or listed, and only the fence moves on. */
  readonly rehearse: boolean;
}

/** What became of a replayed record, or would become of it; told once that is certain. */
export interface ReplayVerdict {
  readonly replay: ReplayedRecord;
  readonly outcome: RecordOutcome;
  /** Why it failed again, with outcome `dead_lettered`. It is no second dead letter: the first one stands for it. */
  readonly fault: { readonly code: string; readonly message: string } | null;
}

/**
 * Runs dead letters through the path of the rows once more: staleness and doubt are judged anew, so a replay that comes
 * twice, late or in any order does no harm (I3). Nothing is written to the dead letter queue.
 * @param settled told of each record, once what it tells of is committed
 * @throws as `processBatch`; records told of are passed then
 */
export async function replayBatch(
  { table, replays, state, rehearse }: ReplayBatch,
  context: DirectionContext,
  settled: (verdict: ReplayVerdict) => void,
): Promise<PartitionState> {
  const decoded = await context.decode(replays.map(({ original }) => original));
  const entries = decoded.map((record, index): BatchEntry => ({
    decoded: normalizeChange(table, record),
    carrier: (replays[index] as ReplayedRecord).carrier,
    ruling: null,
  }));
  const answering = answeringContext(context, { replays, rehearse, settled });
  const range: RecordRange = { table, entries, state, mayWait: false };
  if (!rehearse) return isolateFaults(range, answering, commitRange);
  await isolateFaults(range, answering, rehearseRange);
  return passReplays({ replays, state }, context);
}

/** Asks for second looks at keys whose look had become a dead letter; each is due at once. */
export async function relistLooks(
  { table, replays, state, rehearse }: ReplayBatch,
  context: DirectionContext,
  keys: readonly RowKey[],
): Promise<PartitionState> {
  const entries = [...new Set(keys)].map((key) => ({
    key,
    reason: 'requested' as const,
    blocked: false,
    targetDigest: null,
    dueAtMs: context.clock.now(),
  }));
  return passReplays({ replays, state }, context, async ({ looks }) => {
    if (!rehearse) await looks.list(table, entries);
  });
}

/** Moves the fence past replays that need nothing more, or nothing but `work`, as {@link passRecords} does. */
export async function passReplays(
  {
    replays,
    state,
  }: { readonly replays: readonly Pick<ReplayedRecord, 'carrier'>[]; readonly state: PartitionState },
  { target }: Pick<DirectionContext, 'target'>,
  work?: (transaction: TargetTransaction) => Promise<void>,
): Promise<PartitionState> {
  const last = replays.at(-1)?.carrier;
  return last ? passRecords({ last, state }, target, work) : state;
}

/** Ends a rehearsal's transaction, so that nothing of it is committed. */
class RehearsalEnded extends Error {}

async function rehearseRange(range: RecordRange, context: DirectionContext): Promise<PartitionState> {
  const progress = new BatchProgress();
  const startedAtMs = context.clock.now();
  try {
    await context.target.transaction(async (transaction) => {
      await settleRange(range, context, { transaction, progress });
      throw new RehearsalEnded();
    });
  } catch (error) {
    if (!(error instanceof RehearsalEnded)) throw error;
  }
  reportRange(range, context, { progress, startedAtMs });
  return range.state;
}

interface Answering {
  readonly replays: readonly ReplayedRecord[];
  readonly rehearse: boolean;
  readonly settled: (verdict: ReplayVerdict) => void;
}

/** The direction's context with answers in place of dead letters. */
function answeringContext(
  context: DirectionContext,
  { replays, rehearse, settled }: Answering,
): DirectionContext {
  const byCarrier = new Map(replays.map((replay) => [replay.carrier, replay]));
  const faults = new Map<RawRecord, { code: string; message: string }>();
  const observer: PipelineObserver = {
    ...(rehearse ? silent : context.observer),
    recordSettled(record) {
      const replay = byCarrier.get(record.record);
      if (!replay) throw new TypeError('a replay was settled that nobody asked for');
      const { outcome } = record;
      if (!rehearse && outcome !== 'dead_lettered') context.observer.recordSettled(record);
      const fault = outcome === 'dead_lettered' ? (faults.get(replay.original) ?? null) : null;
      settled({ replay, outcome, fault });
    },
    recordDeadLettered: ignore,
  };
  return {
    ...context,
    observer,
    deadLetters: {
      send: async (letters) => {
        for (const { record, errorCode: code, message } of letters) faults.set(record, { code, message });
      },
    },
    ...(rehearse ? { retry: { ...context.retry, maxAttempts: 1 } } : {}),
  };
}

const ignore = (): void => undefined;

const silent: PipelineObserver = {
  recordSettled: ignore,
  batchCommitted: ignore,
  recordDeadLettered: ignore,
  echoLeaked: ignore,
  retrying: ignore,
  conflictSettled: ignore,
  lookSettled: ignore,
};
