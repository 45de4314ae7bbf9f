import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { RawRecord } from '@rowbridge/change-event';
import { CompressionCodecs, CompressionTypes, Kafka, logLevel } from 'kafkajs';
import { createEngineProvider, describeWithEngines, waitFor } from '@rowbridge/testing';
import type { EngineProvider } from '@rowbridge/testing';
import { connectKafka } from './index.js';
import type {
  BatchOutcome,
  ConsumerCrash,
  ConsumerOptions,
  KafkaConnection,
  OutgoingRecord,
  RecordBatch,
  RecordConsumer,
  TopicFollower,
} from './index.js';

type Stack = Awaited<ReturnType<NonNullable<EngineProvider['kafkaStack']>>>;

interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

const lines: LogLine[] = [];
const logger = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [
    level,
    (fields: object, message: string): void => void lines.push({ level, fields, message }),
  ]),
) as unknown as Parameters<typeof connectKafka>[0]['logger'];

let provider: EngineProvider;
let stack: Stack;
let kafka: KafkaConnection;
const running: (RecordConsumer | TopicFollower)[] = [];

const text = (value: Uint8Array | null): string => Buffer.from(value ?? new Uint8Array()).toString('utf8');
const record = (value: string, partition = 0): OutgoingRecord => ({
  key: Buffer.from(value),
  value: Buffer.from(value),
  partition,
});

async function newTopic(partitions: number): Promise<string> {
  const topic = `topic-${randomUUID()}`;
  await kafka.admin.createTopics([{ topic, partitions }]);
  return topic;
}

/** Valid Snappy that compresses nothing: the length, then literals of at most 60 bytes. */
function snappyLiterals(bytes: Buffer): Buffer {
  const parts: Uint8Array[] = [
    bytes.length < 128 ? Buffer.of(bytes.length) : Buffer.of((bytes.length & 127) | 128, bytes.length >> 7),
  ];
  for (let start = 0; start < bytes.length; start += 60) {
    const literal = bytes.subarray(start, start + 60);
    parts.push(Buffer.of((literal.length - 1) << 2), literal);
  }
  return Buffer.concat(parts);
}

type Handler = (batch: RecordBatch) => Promise<BatchOutcome> | BatchOutcome;

async function consume(
  topic: string,
  handler: Handler,
  options: Partial<ConsumerOptions> = {},
): Promise<RecordConsumer> {
  const consumer = await kafka.startConsumer({
    groupId: `group-${randomUUID()}`,
    topics: [topic],
    maxWaitMs: 100,
    onBatch: (batch) => Promise.resolve(handler(batch)),
    onCrash: () => undefined,
    ...options,
  });
  running.push(consumer);
  return consumer;
}

async function commitAll(batch: RecordBatch): Promise<BatchOutcome> {
  await batch.commit((batch.records.at(-1)?.offset ?? -1n) + 1n);
  return { kind: 'done' };
}

describeWithEngines('a Kafka connection', () => {
  beforeAll(async () => {
    provider = createEngineProvider();
    if (!provider.kafkaStack) throw new Error(`${provider.name} offers no Kafka`);
    stack = await provider.kafkaStack({ components: ['kafka'] });
    kafka = await connectKafka({ brokers: stack.kafka.brokers, clientId: 'rowbridge-test', logger });
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
  });

  afterAll(async () => {
    await kafka?.close();
    await provider.stop();
  });

  describe('asked about topics', () => {
    it('creates what is missing, leaves what exists, and tells another partition count', async () => {
      const topic = `topic-${randomUUID()}`;
      const declared = { topic, partitions: 3, configuration: { 'retention.ms': '-1' } };
      expect(await kafka.admin.createTopics([declared])).toEqual([
        { topic, outcome: 'created', partitions: 3 },
      ]);
      expect(await kafka.admin.createTopics([{ ...declared, partitions: 5 }])).toEqual([
        { topic, outcome: 'exists', partitions: 3 },
      ]);
      expect(await kafka.admin.topicConfiguration(topic, ['retention.ms'])).toEqual({ 'retention.ms': '-1' });
    });

    it('tells the offsets of each partition', async () => {
      const topic = await newTopic(2);
      await kafka.producer.send(topic, [record('first', 1), record('second', 1)]);
      expect(await kafka.admin.topicOffsets(topic)).toEqual([
        { partition: 0, low: 0n, high: 0n },
        { partition: 1, low: 0n, high: 2n },
      ]);
    });

    it('names a missing topic and does not make the broker create it', async () => {
      await expect(kafka.admin.topicOffsets('nowhere')).rejects.toMatchObject({ code: 'topic_missing' });
      await expect(consume('nowhere', commitAll)).rejects.toMatchObject({ code: 'topic_missing' });
      expect(await kafka.admin.listTopics()).not.toContain('nowhere');
    });
  });

  it('carries keys, values, headers and timestamps byte for byte', async () => {
    const topic = await newTopic(1);
    const bytes = Buffer.from([0, 255, 128, 10]);
    const seen: RecordBatch[] = [];
    await kafka.producer.send(topic, [
      {
        key: bytes,
        value: bytes,
        timestampMs: 1_700_000_000_123,
        headers: [
          { name: 'one', value: bytes },
          { name: 'two', value: Buffer.from('second') },
          { name: 'one', value: Buffer.from('') },
        ],
      },
      { key: null, value: null },
    ]);
    await consume(topic, (batch) => {
      seen.push(batch);
      return commitAll(batch);
    });
    await waitFor(() => seen.flatMap(({ records }) => records).length === 2, {
      deadlineMs: 20_000,
      what: 'two records',
    });
    const [first, second] = seen.flatMap(({ records }) => records);
    expect(first).toMatchObject({
      topic,
      partition: 0,
      offset: 0n,
      key: bytes,
      value: bytes,
      timestampMs: 1_700_000_000_123,
    });
    expect(first?.headers).toEqual([
      { name: 'one', value: bytes },
      { name: 'one', value: Buffer.from('') },
      { name: 'two', value: Buffer.from('second') },
    ]);
    expect(second).toMatchObject({ offset: 1n, key: null, value: null, headers: [] });
  });

  it('brings the records of a paused partition again while the others go on', async () => {
    const topic = await newTopic(2);
    const seen: string[] = [];
    let pauses = 0;
    await consume(topic, (batch) => {
      seen.push(...batch.records.map(({ value }) => text(value)));
      if (batch.partition === 0 && pauses === 0) {
        pauses += 1;
        return { kind: 'pause', forMs: 1_500 };
      }
      return commitAll(batch);
    });
    await kafka.producer.send(topic, [record('blocked')]);
    await waitFor(() => pauses === 1, { deadlineMs: 20_000, what: 'the pause' });
    await kafka.producer.send(topic, [record('free', 1)]);
    await waitFor(() => seen.includes('free'), { deadlineMs: 1_400, what: 'the other partition' });
    expect(seen).toEqual(['blocked', 'free']);
    await waitFor(() => seen.length === 3, { deadlineMs: 5_000, what: 'the paused partition' });
    expect(seen).toEqual(['blocked', 'free', 'blocked']);
  });

  it('goes on after what a batch committed before it paused', async () => {
    const topic = await newTopic(1);
    await kafka.producer.send(topic, [record('first'), record('second'), record('third')]);
    const seen: (readonly [bigint, readonly string[]])[] = [];
    await consume(topic, async (batch) => {
      seen.push([batch.fetchOffset, batch.records.map(({ value }) => text(value))]);
      await batch.commit(batch.firstOffset + 1n);
      return seen.length === 1 ? { kind: 'pause', forMs: 10 } : commitAll(batch);
    });
    await waitFor(() => seen.length === 2, { deadlineMs: 20_000, what: 'the rest' });
    expect(seen).toEqual([
      [0n, ['first', 'second', 'third']],
      [1n, ['second', 'third']],
    ]);
  });

  it('reads on exactly where it is told to, backwards and forwards', async () => {
    const topic = await newTopic(1);
    await kafka.producer.send(
      topic,
      Array.from({ length: 10 }, (_value, index) => record(`record-${index}`)),
    );
    const starts: bigint[] = [];
    const targets = [7n, 2n, 9n, 0n];
    await consume(topic, (batch) => {
      expect(batch.firstOffset).toBe(batch.fetchOffset);
      starts.push(batch.firstOffset);
      const offset = targets.shift();
      return offset === undefined ? commitAll(batch) : { kind: 'seek', offset };
    });
    await waitFor(() => starts.length === 5, { deadlineMs: 20_000, what: 'five batches' });
    expect(starts).toEqual([0n, 7n, 2n, 9n, 0n]);
  });

  it('keeps a halted partition still, also through a rebalance, until it is resumed', async () => {
    const topic = await newTopic(2);
    const groupId = `group-${randomUUID()}`;
    const seen: string[] = [];
    let halted = false;
    const handler: Handler = (batch) => {
      seen.push(...batch.records.map(({ value }) => text(value)));
      if (batch.partition !== 0 || halted) return commitAll(batch);
      halted = true;
      return { kind: 'halt' };
    };
    const consumer = await consume(topic, handler, { groupId });
    await kafka.producer.send(topic, [record('halted')]);
    await waitFor(() => halted, { deadlineMs: 20_000, what: 'the halt' });
    const second = await consume(topic, () => ({ kind: 'halt' }), { groupId });
    await waitFor(() => second.assignment().length === 1, { deadlineMs: 20_000, what: 'the rebalance' });
    await second.stop();
    await waitFor(() => consumer.assignment().length === 2, {
      deadlineMs: 20_000,
      what: 'both partitions back',
    });
    await kafka.producer.send(topic, [record('other', 1)]);
    await waitFor(() => seen.includes('other'), { deadlineMs: 10_000, what: 'the other partition' });
    expect(seen).toEqual(['halted', 'other']);
    consumer.resume({ topic, partition: 0 });
    await waitFor(() => seen.length === 3, { deadlineMs: 5_000, what: 'the resumed partition' });
    expect(seen).toEqual(['halted', 'other', 'halted']);
  });

  it('pauses and tells when a batch fails in a way nobody handled, without naming values', async () => {
    const topic = await newTopic(1);
    await kafka.producer.send(topic, [record('secret-value')]);
    let attempts = 0;
    await consume(topic, (batch) => {
      attempts += 1;
      if (attempts === 1) throw new Error(`cannot write ${text(batch.records[0]?.value ?? null)}`);
      return commitAll(batch);
    });
    await waitFor(() => attempts === 2, { deadlineMs: 20_000, what: 'the second attempt' });
    const line = lines.find(
      ({ level, fields }) => level === 'error' && 'topic' in fields && fields.topic === topic,
    );
    expect(line?.fields).toMatchObject({ partition: 0, offset: '0', forMs: 1_000 });
    expect(JSON.stringify(lines)).not.toContain('secret-value');
  });

  it('treats a batch reported done without a commit as failed instead of spinning', async () => {
    const topic = await newTopic(1);
    await kafka.producer.send(topic, [record('forgotten')]);
    let attempts = 0;
    await consume(topic, (batch) => {
      attempts += 1;
      return attempts === 1 ? { kind: 'done' } : commitAll(batch);
    });
    await waitFor(() => attempts === 2, { deadlineMs: 20_000, what: 'the second attempt' });
    expect(JSON.stringify(lines)).toContain('without a commit');
  });

  it('hands the group offsets on to the next member of the group', async () => {
    const topic = await newTopic(1);
    const groupId = `group-${randomUUID()}`;
    await kafka.producer.send(topic, [record('first'), record('second')]);
    let applied = 0;
    const first = await consume(
      topic,
      async (batch) => {
        const outcome = await commitAll(batch);
        applied += batch.records.length;
        return outcome;
      },
      { groupId },
    );
    await waitFor(() => applied === 2, { deadlineMs: 20_000, what: 'both records' });
    await first.stop();
    expect(await kafka.admin.groupOffsets(groupId, topic)).toEqual(new Map([[0, 2n]]));
    await kafka.producer.send(topic, [record('third')]);
    const starts: bigint[] = [];
    const second = await consume(
      topic,
      (batch) => {
        starts.push(batch.fetchOffset);
        return commitAll(batch);
      },
      { groupId },
    );
    await waitFor(() => starts.length === 1, { deadlineMs: 20_000, what: 'the next record' });
    expect(starts).toEqual([2n]);
    await second.stop();
    await kafka.admin.deleteGroup(groupId);
    expect(await kafka.admin.groupOffsets(groupId, topic)).toEqual(new Map());
  });

  it('shows an offset the broker no longer holds as a batch that starts elsewhere, never skipping to the end', async () => {
    const topic = await newTopic(1);
    await kafka.producer.send(topic, [record('gone'), record('kept'), record('also kept')]);
    const client = new Kafka({ brokers: stack.kafka.brokers, logLevel: logLevel.NOTHING });
    const admin = client.admin();
    await admin.connect();
    await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    await admin.disconnect();
    const batches: RecordBatch[] = [];
    const groupId = `group-${randomUUID()}`;
    await consume(
      topic,
      (batch) => {
        batches.push(batch);
        return batches.length === 1 ? { kind: 'seek', offset: 0n } : commitAll(batch);
      },
      { groupId },
    );
    await waitFor(() => batches.length === 2, { deadlineMs: 20_000, what: 'the batch after the seek' });
    expect(batches[1]?.fetchOffset).toBe(1n);
    expect(batches[1]?.records.map(({ value }) => text(value))).toEqual(['kept', 'also kept']);
    expect((await kafka.admin.topicOffsets(topic))[0]?.low).toBe(1n);
  });

  it('ends loudly on records compressed with a codec nobody registered', async () => {
    const topic = await newTopic(1);
    const original = CompressionCodecs[CompressionTypes.Snappy];
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      compress: (encoder: { buffer: Buffer }) => Promise.resolve(snappyLiterals(encoder.buffer)),
      decompress: (buffer: Buffer) => Promise.resolve(buffer),
    });
    const client = new Kafka({ brokers: stack.kafka.brokers, logLevel: logLevel.NOTHING });
    const producer = client.producer();
    await producer.connect();
    await producer.send({ topic, compression: CompressionTypes.Snappy, messages: [{ value: 'compressed' }] });
    await producer.disconnect();
    CompressionCodecs[CompressionTypes.Snappy] = original;
    expect((await kafka.admin.topicOffsets(topic))[0]?.high).toBe(1n);
    const crashes: ConsumerCrash[] = [];
    await consume(topic, commitAll, { onCrash: (crash) => crashes.push(crash) });
    await waitFor(() => crashes.length === 2, {
      deadlineMs: 20_000,
      what: 'the crash, and another after the rebuild',
    });
    expect(crashes[0]).toMatchObject({ consecutive: 1, retryInMs: 1_000, error: { code: 'internal_error' } });
    expect(crashes[1]).toMatchObject({ consecutive: 2, retryInMs: 2_000 });
    expect(crashes[0]?.error.message).toContain('compression.type');
  });

  describe('following a topic', () => {
    const follow = async (
      topic: string,
      from: 'beginning' | 'end',
    ): Promise<{ seen: string[]; follower: TopicFollower }> => {
      const seen: string[] = [];
      const onRecord = ({ value }: RawRecord): void => void seen.push(text(value));
      const follower = await kafka.follow({ topics: [topic], from, onRecord, onCrash: () => undefined });
      running.push(follower);
      return { seen, follower };
    };

    it('has read all partitions to their end when it is there, and goes on', async () => {
      const topic = await newTopic(3);
      await kafka.producer.send(topic, [record('one', 0), record('two', 1), record('three', 1)]);
      // The producer writes at least once: each record the topic holds is handed over once, however many it holds.
      const held = (await kafka.admin.topicOffsets(topic)).reduce((sum, { high }) => sum + high, 0n);
      const { seen } = await follow(topic, 'beginning');
      expect(BigInt(seen.length)).toBe(held);
      expect([...new Set(seen)].sort()).toEqual(['one', 'three', 'two']);
      await kafka.producer.send(topic, [record('four', 2)]);
      await waitFor(() => seen.includes('four'), { deadlineMs: 10_000, what: 'the new record' });
    });

    it('begins at the end where that is asked for, and misses nothing written once it is there', async () => {
      const topic = await newTopic(1);
      await kafka.producer.send(topic, [record('before')]);
      const { seen } = await follow(topic, 'end');
      await kafka.producer.send(topic, [record('after')]);
      await waitFor(() => seen.length > 0, { deadlineMs: 10_000, what: 'the new record' });
      expect(seen).toEqual(['after']);
    });

    it('shares a topic with others, and leaves no group behind', async () => {
      const topic = await newTopic(1);
      await kafka.producer.send(topic, [record('shared')]);
      const [first, second] = [await follow(topic, 'beginning'), await follow(topic, 'beginning')];
      expect([first.seen, second.seen]).toEqual([['shared'], ['shared']]);
      await Promise.all([first.follower.stop(), second.follower.stop()]);
      const client = new Kafka({ brokers: stack.kafka.brokers, logLevel: logLevel.NOTHING });
      const admin = client.admin();
      await admin.connect();
      const { groups } = await admin.listGroups();
      await admin.disconnect();
      expect(groups.filter(({ groupId }) => groupId.includes('follower'))).toEqual([]);
    });
  });

  it('reads on without loss after the broker was killed', async () => {
    const followedTopic = await newTopic(1);
    const followed: string[] = [];
    await kafka.producer.send(followedTopic, [record('followed before')]);
    const follower = await kafka.follow({
      topics: [followedTopic],
      from: 'beginning',
      onRecord: ({ value }) => void followed.push(text(value)),
      onCrash: () => undefined,
    });
    running.push(follower);
    const topic = await newTopic(1);
    const seen = new Set<string>();
    const applied: string[] = [];
    await consume(topic, async (batch) => {
      for (const { value } of batch.records) {
        applied.push(text(value));
        seen.add(text(value));
      }
      return commitAll(batch);
    });
    await kafka.producer.send(topic, [record('before')]);
    await waitFor(() => seen.has('before'), { deadlineMs: 20_000, what: 'the record before' });
    stack.kill('kafka');
    await waitFor(() => kafka.producer.send(topic, [record('after')]).then(() => true), {
      deadlineMs: 60_000,
      what: 'the broker to take a record again',
    });
    await waitFor(() => seen.has('after'), { deadlineMs: 60_000, what: 'the record after' });
    expect([...seen]).toEqual(['before', 'after']);
    await kafka.producer.send(followedTopic, [record('followed after')]);
    await waitFor(() => followed.length === 2, { deadlineMs: 60_000, what: 'the followed record after' });
    expect(followed).toEqual(['followed before', 'followed after']);
  });
});
