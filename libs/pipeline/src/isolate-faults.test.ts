import type { ChangeEvent, RawRecord } from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import type { TablePlan } from '@rowbridge/mapping';
import type { BatchEntry } from './batch-entry.js';
import type { DirectionContext } from './direction-context.js';
import { isolateFaults } from './isolate-faults.js';
import type { PartitionState } from './partition-state.js';
import type { RecordRange } from './process-batch.js';
import { RecordsRefused } from './records-refused.js';

const table = { entity: 'users' } as TablePlan;
const start: PartitionState = {
  topic: 'users',
  partition: 0,
  nextOffset: 0n,
  highWater: { position: null, committedAtMs: 0 },
};

/** Ten changes; the one at offset 6 is refused. */
class Bench {
  readonly committed: bigint[] = [];
  readonly letters: string[] = [];
  readonly asked: unknown[] = [];
  fault: RowbridgeError | null = null;
  readonly entries = Array.from({ length: 10 }, (_unused, index): BatchEntry => {
    const record = { offset: BigInt(index) } as RawRecord;
    return { decoded: { kind: 'change', record, event: {} as ChangeEvent }, carrier: record, ruling: null };
  });

  constructor(private readonly refusal: (entry: BatchEntry) => Error) {}

  run(): Promise<PartitionState> {
    const tableFaultBehind: DirectionContext['tableFaultBehind'] = (_table, refusal) => {
      this.asked.push(refusal);
      return Promise.resolve(this.fault);
    };
    const deadLetters: DirectionContext['deadLetters'] = {
      send: (letters) =>
        Promise.resolve(letters.forEach(({ errorCode }) => void this.letters.push(errorCode))),
    };
    const observer = { recordDeadLettered: () => undefined };
    const context = { tableFaultBehind, deadLetters, observer } as unknown as DirectionContext;
    const range: RecordRange = { table, entries: this.entries, state: start, mayWait: false };
    return isolateFaults(range, context, (part) => this.commit(part));
  }

  private commit({ entries, state }: RecordRange): Promise<PartitionState> {
    const refused = entries.find(({ decoded, ruling }) => decoded.record.offset === 6n && ruling === null);
    if (refused) return Promise.reject(this.refusal(refused));
    const offsets = entries.map(({ decoded }) => decoded.record.offset);
    this.committed.push(...offsets);
    return Promise.resolve({ ...state, nextOffset: (offsets.at(-1) ?? -1n) + 1n });
  }
}

const writeRefusal = (): Error =>
  new RowbridgeError('value_too_long', 'too long', { details: { table: 'users', column: 'name' } });
const mapRefusal = (entry: BatchEntry): Error =>
  new RecordsRefused([{ entries: [entry], errorCode: 'unmappable_value', message: 'not a number' }]);

describe.each([
  ['the target', writeRefusal, { errorCode: 'value_too_long', column: 'name' }],
  ['the mapping', mapRefusal, { errorCode: 'unmappable_value', column: null }],
])('a record that %s refuses', (_who, refusal, asked) => {
  it('I1: is dead-lettered where no change of schema is behind it, and its batch-mates are written', async () => {
    const bench = new Bench(refusal);
    await bench.run();
    expect(bench.letters).toEqual([asked.errorCode]);
    expect(bench.asked).toContainEqual(asked);
    expect(bench.committed).toHaveLength(10);
  });

  it('I1: waits with its table where one is: what stands before it is written, nothing is dead-lettered', async () => {
    const bench = new Bench(refusal);
    bench.fault = new RowbridgeError('schema_incompatible', 'the column is narrower now');
    await expect(bench.run()).rejects.toBe(bench.fault);
    expect(bench.committed).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
    expect(bench.letters).toEqual([]);
  });
});
