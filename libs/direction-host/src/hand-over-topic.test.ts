import type { RawRecord } from '@rowbridge/change-event';
import { deriveDirectionPlan, type PairDeclaration, type TableDeclaration } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import type {
  FenceAdvance,
  NewLook,
  PartitionState,
  TargetDatabase,
  TargetTransaction,
} from '@rowbridge/pipeline';
import type { OutgoingRecord } from '@rowbridge/kafka';
import { createHandOverSink, handOverTopic, takeHandOvers } from './hand-over-topic.js';

const lines: TableDeclaration = {
  entity: 'lines',
  tables: { legacy: 'lines', revamp: 'lines' },
  sharedKey: [
    { names: { legacy: 'tenant', revamp: 'tenant' }, type: 'text' },
    { names: { legacy: 'number', revamp: 'number' }, type: 'int64' },
  ],
  columns: [],
  conflictPolicy: { strategy: 'source_priority', prioritySide: 'legacy' },
  deleteVersusUpdate: 'update_wins',
  seededFrom: 'legacy',
};
const pair: PairDeclaration = { ...legacyRevamp, tables: [...legacyRevamp.tables, lines] };
const plan = deriveDirectionPlan(pair, 'legacy');
const { name: direction, reverseDirection } = plan;

function record(value: unknown, offset: bigint): RawRecord {
  const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.from(JSON.stringify(value));
  return {
    topic: handOverTopic,
    partition: 2,
    offset,
    timestampMs: 1,
    key: null,
    value: value === null ? null : bytes,
    headers: [],
  };
}

/** The target's fence and look list; one transaction holds both. */
class Intake {
  readonly advances: FenceAdvance[] = [];
  readonly listed: { entity: string; look: NewLook }[] = [];
  readonly warnings: string[] = [];
  transactions = 0;
  readonly target = {
    transaction: async <Result>(work: (transaction: TargetTransaction) => Promise<Result>) => {
      this.transactions += 1;
      return work({
        ledger: { advance: async (fence: FenceAdvance) => void this.advances.push(fence) },
        looks: {
          list: async (table: { entity: string }, looks: readonly NewLook[]) =>
            void this.listed.push(...looks.map((look) => ({ entity: table.entity, look }))),
        },
      } as unknown as TargetTransaction);
    },
  } as unknown as TargetDatabase;

  take(...values: readonly unknown[]): Promise<PartitionState> {
    const state: PartitionState = {
      topic: handOverTopic,
      partition: 2,
      nextOffset: 5n,
      highWater: { position: null, committedAtMs: 0 },
    };
    const records = values.map((value, index) => record(value, 5n + BigInt(index)));
    const warn = (message: string): void => void this.warnings.push(message);
    return takeHandOvers(records, state, { plan, target: this.target, now: () => 1_000, warn });
  }

  keys(): readonly string[] {
    return this.listed.map(({ entity, look }) => `${entity} ${look.key}`);
  }
}

describe('keys handed over by the reverse direction', () => {
  let intake: Intake;

  beforeEach(() => {
    intake = new Intake();
  });

  it('I1, I2: are listed at once, each once, in the transaction that passes their records', async () => {
    const handOver = { direction, entity: 'users', key: '9007199254740993' };
    const composite = { direction, entity: 'lines', key: '["north \\"1\\"","-1"]' };
    const state = await intake.take(handOver, composite, handOver);
    expect(intake.keys()).toEqual(['users 9007199254740993', 'lines ["north \\"1\\"","-1"]']);
    expect(intake.listed[0]?.look).toEqual({
      key: '9007199254740993',
      reason: 'handed_over',
      blocked: false,
      targetDigest: null,
      dueAtMs: 1_000,
    });
    expect(intake.advances).toMatchObject([{ topic: handOverTopic, partition: 2, expected: 5n, next: 8n }]);
    expect([state.nextOffset, intake.transactions]).toEqual([8n, 1]);
    expect(intake.warnings).toEqual([]);
  });

  it('meant for the other direction pass by without a word', async () => {
    await intake.take({ direction: reverseDirection, entity: 'users', key: '1' });
    expect([intake.keys(), intake.warnings, intake.advances.length]).toEqual([[], [], 1]);
  });

  it.each<[string, unknown]>([
    ['an entity the pair does not have', { direction, entity: 'secrets', key: '1' }],
    ['a word for a number', { direction, entity: 'users', key: 'secret' }],
    ['a number that is not written as events write it', { direction, entity: 'users', key: '01' }],
    ['half a composite key', { direction, entity: 'lines', key: '["secret"]' }],
    ['a composite key with a null', { direction, entity: 'lines', key: '[null,"1"]' }],
    ['a composite key with a bare number', { direction, entity: 'lines', key: '["secret",1]' }],
    ['a plain key where a composite one is due', { direction, entity: 'lines', key: 'secret' }],
    ['no direction', { entity: 'users', key: '1' }],
    ['a key that is no text', { direction, entity: 'users', key: 1 }],
    ['what is no JSON', 'secret'],
    ['nothing', null],
  ])('naming %s are passed by with a warning that tells the place and no content', async (_title, value) => {
    await intake.take(value, { direction, entity: 'users', key: '7' });
    expect(intake.warnings).toEqual([
      `${handOverTopic}[2] offset 5 hands over no key of this pair: passed by`,
    ]);
    expect(intake.keys()).toEqual(['users 7']);
    expect(intake.advances).toMatchObject([{ expected: 5n, next: 7n }]);
  });

  it('come back as they were sent', async () => {
    const sent: OutgoingRecord[] = [];
    const sink = createHandOverSink({
      send: async (_topic, records) => void sent.push(...records),
    } as Parameters<typeof createHandOverSink>[0]);
    const key = '["it\'s 😀","9223372036854775807"]';
    await sink.send([{ direction, entity: 'lines', key }]);
    await intake.take(Buffer.from(sent[0]?.value ?? []).toString());
    expect(intake.keys()).toEqual([`lines ${key}`]);
  });
});
