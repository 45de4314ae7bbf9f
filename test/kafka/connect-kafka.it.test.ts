import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { RecordBatch } from '@rowbridge/kafka';
import { describeWithKafka, waitFor } from '@rowbridge/testing';
import { KafkaBench, commitAll, record, textOf } from './kafka-bench.js';

describeWithKafka('a Kafka connection', (provider) => {
  let bench: KafkaBench;

  beforeAll(async () => {
    bench = await KafkaBench.open(provider);
  });

  afterEach(() => bench.stopRunning());

  afterAll(() => bench?.close());

  describe('asked about topics', () => {
    it('creates what is missing, leaves what exists, and tells another partition count', async () => {
      const topic = `topic-${randomUUID()}`;
      const declared = { topic, partitions: 3, configuration: { 'retention.ms': '-1' } };
      expect(await bench.kafka.admin.createTopics([declared])).toEqual([
        { topic, outcome: 'created', partitions: 3 },
      ]);
      expect(await bench.kafka.admin.createTopics([{ ...declared, partitions: 5 }])).toEqual([
        { topic, outcome: 'exists', partitions: 3 },
      ]);
      expect(await bench.kafka.admin.topicConfiguration(topic, ['retention.ms'])).toEqual({
        'retention.ms': '-1',
      });
    });

    it('tells the offsets of each partition', async () => {
      const topic = await bench.newTopic(2);
      await bench.kafka.producer.send(topic, [record('first', 1), record('second', 1)]);
      expect(await bench.kafka.admin.topicOffsets(topic)).toEqual([
        { partition: 0, low: 0n, high: 0n },
        { partition: 1, low: 0n, high: 2n },
      ]);
    });

    it('names a missing topic and does not make the broker create it', async () => {
      await expect(bench.kafka.admin.topicOffsets('nowhere')).rejects.toMatchObject({
        code: 'topic_missing',
      });
      await expect(bench.consume('nowhere', commitAll)).rejects.toMatchObject({ code: 'topic_missing' });
      expect(await bench.kafka.admin.listTopics()).not.toContain('nowhere');
    });
  });

  it('carries keys, values, headers and timestamps byte for byte', async () => {
    const topic = await bench.newTopic(1);
    const bytes = Buffer.from([0, 255, 128, 10]);
    const seen: RecordBatch[] = [];
    await bench.kafka.producer.send(topic, [
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
    await bench.consume(topic, (batch) => {
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

  describe('following a topic', () => {
    it('has read all partitions to their end when it is there, and goes on', async () => {
      const topic = await bench.newTopic(3);
      await bench.kafka.producer.send(topic, [record('one', 0), record('two', 1), record('three', 1)]);
      // The producer writes at least once: each record the topic holds is handed over once, however many it holds.
      const held = (await bench.kafka.admin.topicOffsets(topic)).reduce((sum, { high }) => sum + high, 0n);
      const { seen } = await bench.follow(topic, 'beginning');
      expect(BigInt(seen.length)).toBe(held);
      expect([...new Set(seen)].sort()).toEqual(['one', 'three', 'two']);
      await bench.kafka.producer.send(topic, [record('four', 2)]);
      await waitFor(() => seen.includes('four'), { deadlineMs: 10_000, what: 'the new record' });
    });

    it('begins at the end where that is asked for, and misses nothing written once it is there', async () => {
      const topic = await bench.newTopic(1);
      await bench.kafka.producer.send(topic, [record('before')]);
      const { seen } = await bench.follow(topic, 'end');
      await bench.kafka.producer.send(topic, [record('after')]);
      await waitFor(() => seen.length > 0, { deadlineMs: 10_000, what: 'the new record' });
      expect(seen).toEqual(['after']);
    });

    it('shares a topic with others, and leaves no group behind', async () => {
      const topic = await bench.newTopic(1);
      await bench.kafka.producer.send(topic, [record('shared')]);
      const [first, second] = [
        await bench.follow(topic, 'beginning'),
        await bench.follow(topic, 'beginning'),
      ];
      expect([first.seen, second.seen]).toEqual([['shared'], ['shared']]);
      await Promise.all([first.follower.stop(), second.follower.stop()]);
      const { groups } = await bench.asAdmin((admin) => admin.listGroups());
      expect(groups.filter(({ groupId }) => groupId.includes('follower'))).toEqual([]);
    });
  });

  it('reads on without loss after the broker was killed', async () => {
    const followedTopic = await bench.newTopic(1);
    await bench.kafka.producer.send(followedTopic, [record('followed before')]);
    const { seen: followed } = await bench.follow(followedTopic, 'beginning');
    const topic = await bench.newTopic(1);
    const seen = new Set<string>();
    const applied: string[] = [];
    await bench.consume(topic, async (batch) => {
      for (const { value } of batch.records) {
        applied.push(textOf(value));
        seen.add(textOf(value));
      }
      return commitAll(batch);
    });
    await bench.kafka.producer.send(topic, [record('before')]);
    await waitFor(() => seen.has('before'), { deadlineMs: 20_000, what: 'the record before' });
    bench.stack.kill('kafka');
    await waitFor(() => bench.kafka.producer.send(topic, [record('after')]).then(() => true), {
      deadlineMs: 60_000,
      what: 'the broker to take a record again',
    });
    await waitFor(() => seen.has('after'), { deadlineMs: 60_000, what: 'the record after' });
    expect([...seen]).toEqual(['before', 'after']);
    await bench.kafka.producer.send(followedTopic, [record('followed after')]);
    await waitFor(() => followed.length === 2, { deadlineMs: 60_000, what: 'the followed record after' });
    expect(followed).toEqual(['followed before', 'followed after']);
  });
});
