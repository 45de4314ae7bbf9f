import { RowbridgeError } from '@rowbridge/errors';
import type { OutgoingRecord } from '@rowbridge/kafka';
import type { DeadLetter } from '@rowbridge/pipeline';
import { createDeadLetterSink } from './dead-letter-sink.js';

function letter(offset: bigint, change: Partial<DeadLetter> = {}): DeadLetter {
  const headers = [{ name: 'traceparent', value: Buffer.from('trace') }];
  const record = {
    topic: 'users',
    partition: 2,
    offset,
    timestampMs: 1,
    key: Buffer.from('k'),
    value: null,
    headers,
  };
  return {
    record,
    eventId: 'id',
    errorCode: 'out_of_range',
    message: 'why',
    stage: 'write',
    attempts: 1,
    ...change,
  };
}

describe('the dead letter queue', () => {
  let written: OutgoingRecord[];
  let fails: boolean;

  const sink = createDeadLetterSink({
    producer: {
      send: (_topic, records) =>
        fails ? Promise.reject(new Error('no broker')) : Promise.resolve(void written.push(...records)),
    },
    topic: 'sync.dlq',
    direction: 'legacy-to-revamp',
    connectorOf: () => 'legacy',
    now: () => 0,
  });

  beforeEach(() => {
    written = [];
    fails = false;
  });

  it('holds a record as it came, with its headers first and what went wrong after them', async () => {
    await sink.send([letter(1n)]);
    const [record] = written;
    expect(record?.key).toEqual(Buffer.from('k'));
    const headers = new Map(record?.headers?.map(({ name, value }) => [name, Buffer.from(value).toString()]));
    expect([...headers.keys()][0]).toBe('traceparent');
    expect(headers.get('x-sync-error-code')).toBe('out_of_range');
    expect(headers.get('__connect.errors.offset')).toBe('1');
  });

  it('is given a record once, however often its batch is tried', async () => {
    await sink.send([letter(10n), letter(11n)]);
    await sink.send([letter(10n), letter(11n), letter(12n)]);
    expect(written).toHaveLength(3);
    await sink.send([letter(10n, { errorCode: 'value_too_long' })]);
    expect(written).toHaveLength(4);
  });

  it('I1: is given a record again when the broker has not acknowledged it', async () => {
    fails = true;
    await expect(sink.send([letter(20n)])).rejects.toMatchObject({ code: 'dead_letter_queue_unwritable' });
    fails = false;
    await sink.send([letter(20n)]);
    expect(written).toHaveLength(1);
  });

  it('takes every letter of a second look, which has no place in a topic', async () => {
    await sink.send([letter(-1n, { stage: 'second_look' })]);
    await sink.send([letter(-1n, { stage: 'second_look' })]);
    expect(written).toHaveLength(2);
  });

  it('I1: keeps a record that is too large without its value, and its neighbours whole', async () => {
    const sent: OutgoingRecord[] = [];
    const limited = createDeadLetterSink({
      producer: {
        send: (_topic, records) => {
          if (records.some(({ value }) => (value?.length ?? 0) > 100)) {
            return Promise.reject(new RowbridgeError('record_too_large', 'too large for the topic'));
          }
          sent.push(...records);
          return Promise.resolve();
        },
      },
      topic: 'sync.dlq',
      direction: 'legacy-to-revamp',
      connectorOf: () => 'legacy',
      now: () => 0,
    });
    const sized = (offset: bigint, size: number): DeadLetter => {
      const plain = letter(offset);
      return { ...plain, record: { ...plain.record, value: Buffer.alloc(size) } };
    };
    await limited.send([sized(1n, 10), sized(2n, 101), sized(3n, 100)]);
    expect(sent.map(({ value }) => value?.length ?? null)).toEqual([10, null, 100]);
    const omitted = sent.map(({ headers }) => headers?.find(({ name }) => name === 'x-sync-body-omitted'));
    expect(omitted.map((header) => header && Buffer.from(header.value).toString())).toEqual([
      undefined,
      '101',
      undefined,
    ]);
  });
});
