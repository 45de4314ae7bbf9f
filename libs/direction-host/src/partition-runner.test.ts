import type { RawRecord } from '@rowbridge/change-event';
import { FenceLostError, RowbridgeError } from '@rowbridge/errors';
import type { BatchOutcome, RecordBatch } from '@rowbridge/kafka';
import { createLogger } from '@rowbridge/observability';
import type { PartitionState } from '@rowbridge/pipeline';
import { DirectionState } from './direction-state.js';
import { PartitionRunner } from './partition-runner.js';

const topic = 'legacy.public.legacy_users';

function record(offset: bigint, partition: number): RawRecord {
  const value = Buffer.from(`record ${offset}`);
  return { topic, partition, offset, timestampMs: Number(offset) + 1, key: null, value, headers: [] };
}

/** A topic and a target in memory: the target settles records until the test lets something fail. */
class Bench {
  readonly lines: string[] = [];
  readonly state = new DirectionState(
    createLogger({
      name: 'test',
      level: 'fatal',
      destination: { write: (line) => void this.lines.push(line) },
    }),
  );
  readonly committed: bigint[] = [];
  readonly processed: bigint[] = [];
  readonly held: string[] = [];
  readonly released: string[] = [];
  readonly failures: string[] = [];
  nextOffset: bigint | null = null;
  low = 0n;
  high = 10n;
  fails: ((offset: bigint) => Error | null) | null = null;
  targetIsDown = false;
  paused = false;
  staysHeld = false;
  /** The runner leaves the records from this offset on to the next attempt. */
  leaves: bigint | null = null;
  readonly mayWait: boolean[] = [];
  readonly runner = new PartitionRunner({
    state: this.state,
    retry: { maxAttempts: 3, initialDelayMs: 1_000, multiplier: 2, maxDelayMs: 30_000 },
    maxRows: 2,
    patienceMs: 60_000,
    isPaused: () => this.paused,
    loadState: (_topic, partition) => {
      if (this.targetIsDown) return Promise.reject(new RowbridgeError('connection_lost', 'gone'));
      return Promise.resolve({ state: this.stateOf(partition), fingerprint: null });
    },
    readRange: () => Promise.resolve({ low: this.low, high: this.high }),
    process: ({ records, state, mayWait }) => {
      this.mayWait.push(mayWait);
      return this.process(records, state);
    },
    tableHeld: (name, error) =>
      this.targetIsDown
        ? Promise.reject(new RowbridgeError('connection_lost', 'gone'))
        : Promise.resolve(this.explain(name, error)),
    tableReleased: (name) => {
      this.released.push(name);
      return Promise.resolve(!this.staysHeld);
    },
    isAnyTableHeld: () => this.held.length > 0,
    batchFailed: (_topic, { errorCode }) => void this.failures.push(errorCode),
  });

  /** Hands the runner what a fetch at the offset brings: all that is there, or no more than a number of records. */
  fetch(offset: bigint, partition = 0, most = Number(this.high - offset)): Promise<BatchOutcome> {
    const records = Array.from({ length: most }, (_unused, index) =>
      record(offset + BigInt(index), partition),
    );
    const batch: RecordBatch = {
      topic,
      partition,
      records,
      firstOffset: offset,
      fetchOffset: offset,
      highWatermark: this.high,
      isStale: () => false,
      heartbeat: () => Promise.resolve(),
      commit: (next) => void this.committed.push(next),
    };
    return this.runner.onBatch(batch);
  }

  private explain(name: string, error: RowbridgeError): RowbridgeError {
    this.held.push(name);
    return new RowbridgeError(error.code, 'explained');
  }

  private stateOf(partition: number): PartitionState {
    const highWater = { position: null, committedAtMs: 0 };
    return { topic, partition, nextOffset: this.nextOffset, highWater };
  }

  /** One record after another, as a bisected batch: what precedes a fault stays committed. */
  private process(records: readonly RawRecord[], state: PartitionState): Promise<PartitionState> {
    for (const { offset } of records) {
      if (this.leaves !== null && offset >= this.leaves && offset !== records[0]?.offset) break;
      const failure = this.fails?.(offset) ?? null;
      if (failure) return Promise.reject(failure);
      this.processed.push(offset);
      this.nextOffset = offset + 1n;
    }
    return Promise.resolve({ ...state, nextOffset: this.nextOffset });
  }
}

describe('PartitionRunner', () => {
  let bench: Bench;

  beforeEach(() => {
    bench = new Bench();
  });

  const failOnce = (offset: bigint, error: Error): void => {
    bench.fails = (asked) => {
      if (asked !== offset) return null;
      bench.fails = null;
      return error;
    };
  };

  it('I1: goes on where the target stands after part of a batch was committed before a fault', async () => {
    failOnce(3n, new RowbridgeError('connection_lost', 'gone'));
    expect(await bench.fetch(0n)).toEqual({ kind: 'pause', forMs: 1_000 });
    expect(bench.committed).toEqual([2n]);
    expect(await bench.fetch(2n)).toEqual({ kind: 'done' });
    expect(bench.processed).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
    expect(bench.committed.at(-1)).toBe(10n);
    expect(bench.failures).toEqual(['connection_lost']);
  });

  it('waits longer from fault to fault, and forgets that once a batch is through', async () => {
    bench.fails = () => new RowbridgeError('connection_lost', 'gone');
    expect(await bench.fetch(0n)).toEqual({ kind: 'pause', forMs: 1_000 });
    expect(await bench.fetch(0n)).toEqual({ kind: 'pause', forMs: 2_000 });
    bench.fails = null;
    await bench.fetch(0n);
    bench.high = 12n;
    bench.fails = () => new RowbridgeError('connection_lost', 'gone');
    expect(await bench.fetch(10n)).toEqual({ kind: 'pause', forMs: 1_000 });
    expect(bench.state.consumerState).not.toBe('stopped');
  });

  it('I1: stops where the broker has thrown the next record away while the partition was being read', async () => {
    await bench.fetch(0n);
    bench.low = 15n;
    bench.high = 20n;
    expect(await bench.fetch(15n)).toEqual({ kind: 'seek', offset: 10n });
    expect(await bench.fetch(15n)).toEqual({ kind: 'halt' });
    expect(bench.state.stopReason?.code).toBe('offset_out_of_range');
    expect(bench.processed.at(-1)).toBe(9n);
  });

  it('gives a partition up for a second when another consumer has moved its fence, and goes on from there', async () => {
    failOnce(0n, new FenceLostError({ topic, partition: 0, expected: null }));
    expect(await bench.fetch(0n)).toEqual({ kind: 'pause', forMs: 1_000 });
    bench.nextOffset = 6n;
    await bench.fetch(0n);
    expect(bench.processed).toEqual([6n, 7n, 8n, 9n]);
  });

  it('holds a table whose schema does not fit, and lets it go once all its partitions write again', async () => {
    bench.fails = () => new RowbridgeError('column_missing', 'no such column');
    expect(await bench.fetch(0n, 0)).toEqual({ kind: 'pause', forMs: 5_000 });
    expect(await bench.fetch(0n, 1)).toEqual({ kind: 'pause', forMs: 5_000 });
    expect(bench.held).toEqual([topic, topic]);
    bench.fails = null;
    await bench.fetch(0n, 0);
    expect(bench.released).toEqual([]);
    bench.nextOffset = null;
    bench.runner.forgetAll();
    await bench.fetch(0n, 1);
    expect(bench.released).toEqual([topic]);
  });

  it('shows a held table with what was found out of its cause', async () => {
    bench.fails = () => new RowbridgeError('column_missing', 'no such column');
    await bench.fetch(0n);
    expect([...bench.state.heldTopics().values()].map(({ problem }) => problem)).toEqual(['explained']);
  });

  it('asks again whether a table goes on while something else holds it', async () => {
    bench.staysHeld = true;
    await bench.fetch(0n);
    bench.nextOffset = null;
    bench.runner.forgetAll();
    bench.staysHeld = false;
    await bench.fetch(0n);
    bench.runner.forgetAll();
    await bench.fetch(10n);
    expect(bench.released).toEqual([topic, topic]);
  });

  it('I1: takes up the records that were left for the next attempt', async () => {
    bench.leaves = 5n;
    expect(await bench.fetch(0n)).toEqual({ kind: 'done' });
    expect(bench.processed).toEqual(Array.from({ length: 10 }, (_unused, index) => BigInt(index)));
    expect(bench.committed).toEqual([2n, 4n, 5n, 6n, 7n, 8n, 9n, 10n]);
  });

  it('does not wait for rows of other tables while a table is held', async () => {
    await bench.fetch(0n);
    bench.held.push(topic);
    bench.nextOffset = null;
    bench.runner.forgetAll();
    await bench.fetch(0n);
    expect(new Set(bench.mayWait.slice(0, 5))).toEqual(new Set([true]));
    expect(new Set(bench.mayWait.slice(5))).toEqual(new Set([false]));
  });

  it('holds a table even while the target cannot be told so', async () => {
    bench.fails = () => {
      bench.targetIsDown = true;
      return new RowbridgeError('column_missing', 'no such column');
    };
    expect(await bench.fetch(0n)).toEqual({ kind: 'pause', forMs: 5_000 });
    expect([...bench.state.currentFaults().values()].map(({ error }) => error.code)).toEqual([
      'column_missing',
    ]);
  });

  it('I1: leaves what an operator has paused where it is, its age told, and goes on there once resumed', async () => {
    bench.paused = true;
    expect((await bench.fetch(0n)).kind).toBe('pause');
    expect(bench.processed).toEqual([]);
    expect(bench.state.oldestUnapplied()).toEqual(new Map([[topic, 1]]));
    bench.paused = false;
    expect(await bench.fetch(0n)).toEqual({ kind: 'done' });
    expect(bench.processed).toHaveLength(10);
  });

  it.each([
    ['tells the age of what is yet to be fetched', 5, new Map([[topic, 5]])],
    ["takes one offset more for a transaction's mark", 9, new Map()],
    ['tells no age at the end of the partition', 10, new Map()],
  ])('%s', async (_title, most, ages) => {
    await bench.fetch(0n, 0, most);
    expect(bench.state.oldestUnapplied()).toEqual(ages);
  });

  it('forgets the age of a partition that is no longer its own', async () => {
    await bench.fetch(0n, 0, 5);
    bench.state.keepOnly(new Set([`${topic}/1`]));
    expect(bench.state.oldestUnapplied()).toEqual(new Map());
  });

  it('pauses between two transactions of one fetch, with what was committed passed', async () => {
    bench.fails = (offset) => {
      bench.paused = offset >= 2n;
      return null;
    };
    expect((await bench.fetch(0n)).kind).toBe('pause');
    expect(bench.committed).toEqual([2n, 4n]);
  });

  it('I1: stops the direction for what it does not know', async () => {
    failOnce(0n, new TypeError('unforeseen'));
    expect(await bench.fetch(0n)).toEqual({ kind: 'halt' });
    expect(bench.state.stopReason?.code).toBe('internal_error');
    expect(await bench.fetch(0n)).toEqual({ kind: 'halt' });
    expect(bench.processed).toEqual([]);
    const { err } = JSON.parse(bench.lines.join('')) as { err: { cause: { type: string; stack: string } } };
    expect(err.cause.type).toBe('TypeError');
    expect(err.cause.stack).toContain('partition-runner.test');
  });
});
