import type { RawRecord } from '@rowbridge/change-event';
import type { ReplayCandidate } from '@rowbridge/control-store';
import { RowbridgeError } from '@rowbridge/errors';
import type { OutgoingRecord } from '@rowbridge/kafka';
import { deriveDirectionPlan } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { indexRecord } from './index-record.js';
import { inReplayOrder } from './replay-order.js';
import { ReplayRun } from './replay-run.js';
import { sendReplays, type SendingOptions } from './send-replays.js';

const plans = [deriveDirectionPlan(legacyRevamp, 'legacy'), deriveDirectionPlan(legacyRevamp, 'revamp')];
const usersTopic = 'legacy.public.legacy_users';
const decoder = {
  tableOf: (topic: string) =>
    plans.flatMap(({ tables }) => tables).find((table) => table.topic === topic) ?? null,
};

function letterAt(offset: bigint, headers: Readonly<Record<string, string>> = {}): RawRecord {
  return {
    topic: 'sync.dlq',
    partition: 2,
    offset,
    timestampMs: 77,
    key: Buffer.from('key'),
    value: Buffer.from(`value ${offset}`),
    headers: Object.entries(headers).map(([name, text]) => ({ name, value: Buffer.from(text) })),
  };
}

const ours = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  '__connect.errors.topic': usersTopic,
  '__connect.errors.partition': '1',
  '__connect.errors.offset': '42',
  '__connect.errors.exception.message': 'a word is not in its table',
  'x-sync-direction': 'legacy-to-revamp',
  'x-sync-event-id': 'event-1',
  'x-sync-error-code': 'unknown_value_word',
  'x-sync-stage': 'map',
  'x-sync-attempts': '1',
  'x-sync-first-failed-at': '2026-01-01T00:00:00.000Z',
};

describe('the index of a dead letter', () => {
  it('says what its headers say, by the names of the pair', () => {
    const letter = letterAt(5n, ours);
    expect(indexRecord({ letter, key: '7' }, plans, decoder)).toMatchObject({
      direction: 'legacy-to-revamp',
      table: 'users',
      errorCode: 'unknown_value_word',
      eventId: 'event-1',
      eventKey: 'event-1',
      failedAtMs: Date.UTC(2026, 0, 1),
      printableKey: '7',
      source: { topic: usersTopic, partition: 1, offset: 42 },
      queue: { partition: 2, offset: 5 },
      hasBody: true,
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
  });

  it('tells events without an id apart by where they lay, and rows by their key', () => {
    const keyOf = (change: Readonly<Record<string, string>>, key: string): string =>
      indexRecord(
        { letter: letterAt(5n, { ...ours, 'x-sync-event-id': '', ...change }), key },
        plans,
        decoder,
      ).eventKey;
    const row = { '__connect.errors.offset': '-1' };
    expect(keyOf({}, '7')).toBe(keyOf({}, '8'));
    expect(keyOf({}, '7')).not.toBe(keyOf({ '__connect.errors.offset': '43' }, '7'));
    expect(keyOf(row, '7')).toBe(keyOf(row, '7'));
    expect(keyOf(row, '7')).not.toBe(keyOf(row, '8'));
  });

  it("keeps nothing of a stranger's message, and takes a record without any header", () => {
    const stranger = letterAt(6n, { '__connect.errors.exception.message': 'canary@example.test' });
    expect(JSON.stringify(indexRecord({ letter: stranger, key: null }, plans, decoder))).not.toContain(
      'canary',
    );
    expect(indexRecord({ letter: letterAt(7n), key: null }, plans, decoder)).toMatchObject({
      direction: 'unknown',
      errorCode: 'undecodable',
      failedAtMs: 77,
      keyDigest: null,
    });
  });

  it("makes of a stranger's headers what every store takes", () => {
    const strange = {
      '__connect.errors.topic': `a\0${'b'.repeat(300)}`,
      '__connect.errors.partition': '4294967296',
      '__connect.errors.offset': '-7',
      '__connect.errors.exception.message': 'why\0',
      'x-sync-direction': `${'d'.repeat(99)}\u{1F600}`,
      'x-sync-event-id': 'event\0',
      'x-sync-error-code': 'code\0',
      'x-sync-stage': 'stage\0',
      'x-sync-attempts': '3000000000',
      'x-sync-first-failed-at': '+275760-09-13T00:00:00.000Z',
    };
    const indexed = indexRecord({ letter: letterAt(8n, strange), key: 'key\0' }, plans, decoder);
    expect(indexed).toMatchObject({
      direction: `${'d'.repeat(99)}\uFFFD`,
      table: `a\uFFFD${'b'.repeat(248)}`,
      errorCode: 'code\uFFFD',
      stage: 'stage\uFFFD',
      eventId: 'event\uFFFD',
      eventKey: expect.stringMatching(/^[0-9a-f]{64}$/),
      message: 'why\uFFFD',
      attempts: 2_147_483_647,
      failedAtMs: Date.UTC(9999, 11, 31, 23, 59, 59, 999),
      printableKey: 'key\uFFFD',
      source: { topic: `a\uFFFD${'b'.repeat(248)}`, partition: 2_147_483_647, offset: -1 },
    });
    const negative = letterAt(9n, {
      'x-sync-attempts': '-1',
      'x-sync-first-failed-at': '-000001-01-01T00:00:00Z',
    });
    expect(indexRecord({ letter: negative, key: null }, plans, decoder)).toMatchObject({
      attempts: 0,
      failedAtMs: 0,
    });
  });
});

describe('sending a replay', () => {
  const candidate = (offset: number, change: Partial<ReplayCandidate> = {}): ReplayCandidate => ({
    id: `2-${offset}`,
    direction: 'legacy-to-revamp',
    source: { topic: usersTopic, partition: 1, offset },
    queue: { partition: 2, offset },
    ...change,
  });
  const newRun = (): ReplayRun =>
    ReplayRun.begin({ requestId: 'request-1', dryRun: false, actor: 'tester', now: () => nowMs });
  let nowMs = 0;
  let sent: { topic: string; records: readonly OutgoingRecord[] }[] = [];
  let held: (offset: bigint) => RawRecord | null = (offset) => letterAt(offset, ours);

  beforeEach(() => {
    nowMs = 0;
    sent = [];
    held = (offset) => letterAt(offset, ours);
  });

  const options = (change: Partial<SendingOptions> = {}): SendingOptions => ({
    kafka: {
      producer: {
        send: (topic, records) => {
          if (records.some(({ value }) => (value?.length ?? 0) > 50)) {
            return Promise.reject(new RowbridgeError('record_too_large', 'too large'));
          }
          sent.push({ topic, records });
          return Promise.resolve();
        },
      },
    },
    reader: {
      read: (places) => Promise.resolve(places.map(({ offset }) => held(offset))),
      stop: () => Promise.resolve(),
    },
    directions: new Set(plans.map(({ name }) => name)),
    ratePerSecond: 1_000,
    noted: () => Promise.resolve(),
    now: () => nowMs,
    wait: (milliseconds) => {
      nowMs += milliseconds;
      return Promise.resolve();
    },
    ...change,
  });

  async function* pageOf(letters: readonly ReplayCandidate[]): AsyncGenerator<readonly ReplayCandidate[]> {
    yield letters;
  }

  const answer = (run: ReplayRun, deadLetterId: string, outcome: 'applied' | null): void =>
    run.take({
      requestId: 'request-1',
      deadLetterId,
      direction: 'legacy-to-revamp',
      dryRun: false,
      outcome,
      fault: outcome === null ? { code: 'out_of_range', message: 'why' } : null,
      answeredAtMs: nowMs,
    });

  it('takes the marks of the dead letter off and puts those of the replay on; bytes stay', async () => {
    const run = newRun();
    await sendReplays(run, pageOf([candidate(3)]), options());
    const [{ topic, records } = { topic: '', records: [] }] = sent;
    expect(topic).toBe('rowbridge.replay.legacy-to-revamp');
    expect(records[0]).toMatchObject({ key: Buffer.from('key'), value: Buffer.from('value 3') });
    const headers = Object.fromEntries(
      (records[0]?.headers ?? []).map(({ name, value }) => [name, Buffer.from(value).toString()]),
    );
    expect(headers).toEqual({
      traceparent: ours.traceparent,
      'x-rowbridge-replay-request': 'request-1',
      'x-rowbridge-replay-dead-letter': '2-3',
      'x-rowbridge-replay-mode': 'apply',
      'x-rowbridge-replay-topic': usersTopic,
      'x-rowbridge-replay-partition': '1',
      'x-rowbridge-replay-offset': '3',
    });
  });

  it('is noted before anything of it is written, so that nobody counts too few as sent', async () => {
    const run = newRun();
    const noted: [number, number][] = [];
    const noting = options({
      ratePerSecond: 10,
      noted: () => Promise.resolve(void noted.push([run.stored().sent, sent.length])),
    });
    await sendReplays(run, pageOf([candidate(1), candidate(2)]), noting);
    expect(noted).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it('is no faster than asked', async () => {
    const letters = Array.from({ length: 30 }, (_unused, offset) => candidate(offset));
    await sendReplays(newRun(), pageOf(letters), options({ ratePerSecond: 10 }));
    expect(nowMs).toBe(2_900);
    expect(sent.flatMap(({ records }) => records)).toHaveLength(30);
  });

  it('refuses what is gone, empty, too large or of no direction, and sends the rest', async () => {
    const run = newRun();
    held = (offset) => {
      if (offset === 1n) return null;
      const letter = letterAt(offset, ours);
      if (offset === 2n) return { ...letter, value: null };
      return offset === 3n ? { ...letter, value: Buffer.alloc(51) } : letter;
    };
    const letters = [0, 1, 2, 3, 4].map((offset) => candidate(offset));
    await sendReplays(run, pageOf([...letters, candidate(5, { direction: 'elsewhere' })]), options());
    run.finishSending();
    expect(run.results.map(({ id, fault }) => [id, fault?.code])).toEqual([
      ['2-1', 'dead_letter_gone'],
      ['2-2', 'dead_letter_without_body'],
      ['2-5', 'table_not_mapped'],
      ['2-3', 'record_too_large'],
    ]);
    expect(
      sent.flatMap(({ records }) => records).map(({ value }) => Buffer.from(value ?? '').toString()),
    ).toEqual(['value 0', 'value 4']);
    expect(run.isRunning).toBe(true);
    answer(run, '2-0', 'applied');
    answer(run, '2-0', 'applied');
    answer(run, '2-4', null);
    expect(run.stored()).toMatchObject({
      state: 'completed',
      selected: 6,
      sent: 2,
      answered: 2,
      byOutcome: { applied: 1, fault: 5 },
    });
  });

  it('replays a row without a record, whose key says which', async () => {
    held = (offset) => ({ ...letterAt(offset, ours), value: null });
    const source = { topic: usersTopic, partition: 0, offset: -1 };
    await sendReplays(newRun(), pageOf([candidate(9, { source })]), options());
    expect(sent).toHaveLength(1);
  });

  it('sends nothing more once it is stopped', async () => {
    const run = newRun();
    const letters = Array.from({ length: 4 }, (_unused, offset) => candidate(offset));
    const stopping = options({
      ratePerSecond: 10,
      wait: () => {
        if (sent.length === 2) run.requestStop();
        return Promise.resolve();
      },
    });
    await sendReplays(run, pageOf(letters), stopping);
    run.finishSending();
    for (const { id } of letters.slice(0, 3)) answer(run, id, 'applied');
    expect(run.stored()).toMatchObject({ state: 'stopped', sent: 3, answered: 3 });
  });

  it('I7: takes parents before children and each table in source order', () => {
    const letters = [
      { ...candidate(9), table: 'posts' },
      { ...candidate(8), table: 'users' },
      { ...candidate(2), table: 'posts' },
      { ...candidate(1), table: 'forgotten' },
      { ...candidate(4), table: 'users' },
    ];
    expect(inReplayOrder(letters, plans).map(({ id }) => id)).toEqual(['2-4', '2-8', '2-2', '2-9', '2-1']);
  });
});
