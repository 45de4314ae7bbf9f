import { FenceLostError, RowbridgeError } from '@rowbridge/errors';
import type { BatchOutcome, RecordBatch } from '@rowbridge/kafka';
import type { RawRecord } from '@rowbridge/change-event';
import { RelativesAwaited, type PartitionState, type RetryPolicy } from '@rowbridge/pipeline';
import { alignOffsets, type OffsetRange } from './align-offsets.js';
import type { DirectionState } from './direction-state.js';
import { Patience } from './patience.js';

/** What one partition's runner remembers between batches; all of it can be read again from the target. */
interface Memory {
  state: PartitionState;
  unverifiedFingerprint: string | null;
  range: OffsetRange;
  /** Faults in a row. */
  failures: number;
}

export interface RunnerBatch {
  readonly records: readonly RawRecord[];
  readonly state: PartitionState;
  readonly mayWait: boolean;
}

export interface PartitionRunnerOptions {
  readonly state: DirectionState;
  /** This and the other settings are read anew at each use: they change at run time. */
  readonly retry: RetryPolicy;
  readonly maxRows: number;
  /** Whether an operator has paused what the topic brings. */
  isPaused(topic: string): boolean;
  /** The partition as the target has it, and the fingerprint of its last record. */
  loadState(topic: string, partition: number): Promise<{ state: PartitionState; fingerprint: string | null }>;
  readRange(topic: string, partition: number): Promise<OffsetRange>;
  /** Settles the records in the target and answers the new state. */
  process(batch: RunnerBatch): Promise<PartitionState>;
  /** How long a partition waits at one offset for rows of other tables, milliseconds in all. */
  readonly patienceMs: number;
  /** Records that a table waits for its schema; answers the fault with what is known of its cause. */
  tableHeld(topic: string, error: RowbridgeError): Promise<RowbridgeError>;
  /**
   * Records that a table waits no longer; answers false where it still does, and is asked again then. Called once a
   * table after the start too: it may have waited before.
   */
  tableReleased(topic: string): Promise<boolean>;
  /** Whether any table waits: rows of it are not a moment away. */
  isAnyTableHeld(): boolean;
  /** Told of every fault that made a batch fail, for the metrics. */
  batchFailed(topic: string, fault: { readonly errorCode: string; readonly seconds: number }): void;
}

/** Faults that pass by themselves at once; tried again without the long back-off. */
const momentary: ReadonlySet<string> = new Set(['deadlock', 'serialization_failure', 'statement_plan_stale']);
const tableRetryMs = 5_000;
/** A resumed partition is told so at once; this is for one that was not. */
const operatorPauseMs = 10_000;

/**
 * Feeds the batches of all partitions through the row's path and decides what a fault means for its partition: wait and
 * try again, hold the table, give the partition up, or stop the direction. It never passes a record by.
 */
export class PartitionRunner {
  private readonly memories = new Map<string, Memory>();
  private readonly patience: Patience;
  /** Topics whose table is known not to wait for its schema. */
  private readonly fitting = new Set<string>();

  constructor(private readonly options: PartitionRunnerOptions) {
    this.patience = new Patience(() => options.patienceMs);
  }

  /** Forgets what it knows of partitions that may have been another consumer's meanwhile. */
  forgetAll(): void {
    this.memories.clear();
    this.fitting.clear();
  }

  async onBatch(batch: RecordBatch): Promise<BatchOutcome> {
    if (this.options.state.stopReason !== null) return { kind: 'halt' };
    const name = `${batch.topic}/${batch.partition}`;
    this.options.state.batchBegan(name, batch.records[0]?.timestampMs ?? null);
    if (this.options.isPaused(batch.topic)) return { kind: 'pause', forMs: operatorPauseMs };
    const begunAt = performance.now();
    try {
      const outcome = await this.run(name, batch);
      if (outcome.kind === 'done') this.options.state.partitionRecovered(name);
      return outcome;
    } catch (error) {
      const fault = asFault(batch, error);
      if (fault instanceof RowbridgeError) {
        const seconds = (performance.now() - begunAt) / 1000;
        this.options.batchFailed(batch.topic, { errorCode: fault.code, seconds });
      }
      return await this.onFault(name, batch, fault);
    }
  }

  private async run(name: string, batch: RecordBatch): Promise<BatchOutcome> {
    const memory = this.memories.get(name) ?? (await this.load(name, batch));
    const alignment = alignOffsets({
      nextOffset: memory.state.nextOffset,
      unverifiedFingerprint: memory.unverifiedFingerprint,
      range: { low: memory.range.low, high: batch.highWatermark },
      fetchOffset: batch.fetchOffset,
      records: batch.records,
    });
    if (alignment.kind === 'seek') {
      // What the broker holds is read again: reading may have been sent here because the offset is gone (I1).
      this.memories.delete(name);
      return alignment;
    }
    if (alignment.kind === 'halt') {
      throw new RowbridgeError(
        alignment.errorCode,
        'What the topic holds does not continue what the target has applied',
        {
          details: {
            topic: batch.topic,
            partition: batch.partition,
            expectedOffset: memory.state.nextOffset,
          },
        },
      );
    }
    memory.unverifiedFingerprint = null;
    const { maxRows } = this.options;
    let begin = 0;
    while (begin < alignment.records.length) {
      if (batch.isStale() || this.options.state.stopReason !== null) return { kind: 'pause', forMs: 0 };
      if (this.options.isPaused(batch.topic)) return { kind: 'pause', forMs: operatorPauseMs };
      const records = alignment.records.slice(begin, begin + maxRows);
      const waitMs = await this.settle(name, memory, records);
      if (waitMs !== null) return { kind: 'pause', forMs: waitMs };
      // Records whose schema makes their table wait are left: the next attempt begins with them.
      begin += settledOf(records, memory.state);
      memory.failures = 0;
      commitOffset(batch, memory.state);
    }
    if (alignment.records.length === 0) commitOffset(batch, memory.state);
    else await this.releaseTable(name, batch.topic);
    this.options.state.batchEnded(name, unreadSince(batch, memory.state));
    return { kind: 'done' };
  }

  /** Settles records and moves the memory on; answers how long to wait where rows of other tables are awaited. */
  private async settle(name: string, memory: Memory, records: readonly RawRecord[]): Promise<number | null> {
    const { nextOffset, topic, partition } = memory.state;
    const mayWait = !this.options.isAnyTableHeld() && this.patience.lasts(name, nextOffset);
    try {
      memory.state = await this.options.process({ records, state: memory.state, mayWait });
      return null;
    } catch (error) {
      if (!(error instanceof RelativesAwaited)) throw error;
      // Records before the waiting one may have been committed.
      memory.state = (await this.options.loadState(topic, partition)).state;
      return this.patience.take(name, nextOffset);
    }
  }

  /** Records are written again: the table's schema fits, unless another partition still waits for it. */
  private async releaseTable(name: string, topic: string): Promise<void> {
    if (this.fitting.has(topic)) return;
    const isHeld = [...this.options.state.currentFaults()].some(
      ([other, { error }]) =>
        other !== name && other.startsWith(`${topic}/`) && error.disposition === 'pause_table',
    );
    if (isHeld) return;
    if (await this.options.tableReleased(topic)) this.fitting.add(topic);
  }

  private async load(name: string, batch: RecordBatch): Promise<Memory> {
    const { topic, partition } = batch;
    const { state, fingerprint } = await this.options.loadState(topic, partition);
    const range = await this.options.readRange(topic, partition);
    const memory: Memory = { state, unverifiedFingerprint: fingerprint, range, failures: 0 };
    this.memories.set(name, memory);
    return memory;
  }

  private async onFault(
    name: string,
    batch: RecordBatch,
    fault: RowbridgeError | FenceLostError,
  ): Promise<BatchOutcome> {
    const failures = (this.memories.get(name)?.failures ?? 0) + 1;
    // Whatever was committed before the fault is in the target; it is read again from there.
    this.memories.delete(name);
    if (fault instanceof FenceLostError) {
      this.options.state.partitionLost(name, fault);
      return { kind: 'pause', forMs: 1_000 };
    }
    if (fault.disposition === 'stop' && fault.code !== 'dead_letter_queue_unwritable') {
      this.options.state.stop(fault);
      return { kind: 'halt' };
    }
    if (fault.disposition === 'pause_table') {
      this.fitting.delete(batch.topic);
    }
    const forMs = this.delay(fault, failures);
    const error = await this.explained(batch.topic, fault);
    this.options.state.partitionFailed(name, { error, failures, retryInMs: forMs });
    await this.rememberFailures(name, batch, failures);
    return { kind: 'pause', forMs };
  }

  private async explained(topic: string, fault: RowbridgeError): Promise<RowbridgeError> {
    if (fault.disposition !== 'pause_table') return fault;
    // Where the target cannot be told either, the next attempt tells it; the fault is logged and shown in any case.
    return this.options.tableHeld(topic, fault).catch(() => fault);
  }

  private async rememberFailures(name: string, batch: RecordBatch, failures: number): Promise<void> {
    try {
      (await this.load(name, batch)).failures = failures;
    } catch {
      // The target cannot be read either: the next attempt starts its count anew, at the shortest delay.
      this.memories.delete(name);
    }
  }

  private delay(fault: RowbridgeError, failures: number): number {
    if (fault.disposition === 'pause_table') return tableRetryMs;
    if (momentary.has(fault.code) && failures <= 3) return 20 * failures;
    const { initialDelayMs, multiplier, maxDelayMs } = this.options.retry;
    return Math.min(initialDelayMs * multiplier ** (failures - 1), maxDelayMs);
  }
}

/**
 * Broker time of the last record settled where the partition holds more: they are fetched once all partitions of this
 * fetch are done. One offset more may be no record but a transaction's mark.
 */
function unreadSince({ highWatermark, records }: RecordBatch, { nextOffset }: PartitionState): number | null {
  const isBehind = nextOffset !== null && highWatermark - nextOffset > 1n;
  return isBehind ? (records.at(-1)?.timestampMs ?? null) : null;
}

/** How many of the records the new state has passed: at least one, or processing would have thrown. */
function settledOf(records: readonly RawRecord[], { nextOffset }: PartitionState): number {
  const first = records.findIndex(({ offset }) => nextOffset !== null && offset >= nextOffset);
  if (first === 0) throw new RowbridgeError('internal_error', 'Records were processed and none was passed');
  return first < 0 ? records.length : first;
}

function asFault({ topic, partition }: RecordBatch, error: unknown): RowbridgeError | FenceLostError {
  if (error instanceof RowbridgeError || error instanceof FenceLostError) return error;
  return new RowbridgeError('internal_error', 'An unexpected failure', {
    details: { topic, partition },
    cause: error,
  });
}

/** The one place an offset is committed to Kafka: after the target's own commit (I1). */
function commitOffset(batch: RecordBatch, state: PartitionState): void {
  if (state.nextOffset !== null) batch.commit(state.nextOffset);
}
