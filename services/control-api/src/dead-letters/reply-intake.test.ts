import type { ReplayReply } from '@rowbridge/control-protocol';
import type { IndexedRecord } from '@rowbridge/control-store';
import { waitFor } from '@rowbridge/testing';
import { StoreBench } from '../state/store-bench.js';
import { ReplyIntake } from './reply-intake.js';

const failedAtMs = Date.UTC(2026, 0, 15);
const letter: IndexedRecord = {
  direction: 'legacy-to-revamp',
  table: 'users',
  errorCode: 'unknown_value_word',
  stage: 'map',
  eventId: 'event-1',
  eventKey: 'event-1',
  message: 'a word is not in its table',
  attempts: 1,
  failedAtMs,
  keyDigest: null,
  printableKey: null,
  source: { topic: 'legacy.public.legacy_users', partition: 0, offset: 5 },
  queue: { partition: 3, offset: 0 },
  sizeBytes: 1,
  hasBody: true,
  traceId: null,
};
const reply: ReplayReply = {
  requestId: 'request-1',
  deadLetterId: '3-0',
  direction: 'legacy-to-revamp',
  dryRun: false,
  outcome: 'applied',
  fault: null,
  answeredAtMs: failedAtMs + 1,
};

describe('an answer to a replay', () => {
  let bench: StoreBench;
  let told: string[];
  let passedBy: number;
  let intake: ReplyIntake;

  beforeEach(async () => {
    bench = await StoreBench.open();
    const entered = { topic: 'sync.dlq', partition: 3, records: [letter], nextOffset: 1 };
    await bench.store.deadLetters.enter(entered);
    told = [];
    passedBy = 0;
    intake = new ReplyIntake({
      store: () => bench.store,
      actorOf: () => 'ops',
      onSettled: ({ requestId }) => void told.push(requestId),
      logger: { warn: () => void (passedBy += 1) },
      wait: () => Promise.resolve(),
    });
  });

  afterEach(() => bench.close());

  const take = (change: Partial<ReplayReply>): void =>
    intake.take({ value: Buffer.from(JSON.stringify({ ...reply, ...change })) });

  /** The entry once everything taken before has been told of. */
  const afterAll = async () => {
    take({ requestId: 'last', deadLetterId: '9-9' });
    await waitFor(() => told.includes('last'), { deadlineMs: 5_000, what: 'the last answer to be told of' });
    return bench.store.deadLetters.get('3-0');
  };

  it('settles its dead letter, but none that failed after it and took the id of an older one', async () => {
    take({ requestId: 'yesterday', answeredAtMs: failedAtMs - 1 });
    expect(await afterAll()).toMatchObject({ status: 'open', settledAtMs: null });
    take({});
    told = [];
    expect(await afterAll()).toMatchObject({ status: 'replayed', settledBy: 'ops', requestId: 'request-1' });
  });

  it.each<[string, Partial<ReplayReply>]>([
    ['a NUL in the id', { deadLetterId: '3-0\0' }],
    ['an id of another form', { deadLetterId: 'three' }],
    ['a NUL in the request', { requestId: 'request\0' }],
    ['a request without end', { requestId: 'r'.repeat(65) }],
    ['part of a millisecond', { answeredAtMs: failedAtMs + 0.5 }],
    ['a time that no column holds', { answeredAtMs: 1e300 }],
  ])('with %s is passed by, as no store takes it', async (_what, change) => {
    take(change);
    expect([(await afterAll())?.status, told, passedBy]).toEqual(['open', ['last'], 1]);
  });

  it('keeps of a fault what every store takes', async () => {
    take({ outcome: null, fault: { code: `code\0${'x'.repeat(99)}`, message: `why\0${'y'.repeat(9_999)}` } });
    const entry = await afterAll();
    expect(entry).toMatchObject({ status: 'open', errorCode: `code\uFFFD${'x'.repeat(59)}`, attempts: 2 });
    expect(entry?.message).toBe(`why\uFFFD${'y'.repeat(1_996)}`);
  });
});
