import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import type { ConsumerCrash, RecordBatch } from '@rowbridge/kafka';
import { describeWithKafka, waitFor } from '@rowbridge/testing';
import { KafkaBench, commitAll, record, textOf, type BatchHandler } from './kafka-bench.js';

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

describeWithKafka('a consumer of records', (provider) => {
  let bench: KafkaBench;

  beforeAll(async () => {
    bench = await KafkaBench.open(provider);
  });

  afterEach(() => bench.stopRunning());

  afterAll(() => bench?.close());

  it('brings the records of a paused partition again while the others go on', async () => {
    const topic = await bench.newTopic(2);
    const seen: string[] = [];
    let pauses = 0;
    await bench.consume(topic, (batch) => {
      seen.push(...batch.records.map(({ value }) => textOf(value)));
      if (batch.partition === 0 && pauses === 0) {
        pauses += 1;
        return { kind: 'pause', forMs: 1_500 };
      }
      return commitAll(batch);
    });
    await bench.kafka.producer.send(topic, [record('blocked')]);
    await waitFor(() => pauses === 1, { deadlineMs: 20_000, what: 'the pause' });
    await bench.kafka.producer.send(topic, [record('free', 1)]);
    await waitFor(() => seen.includes('free'), { deadlineMs: 1_400, what: 'the other partition' });
    expect(seen).toEqual(['blocked', 'free']);
    await waitFor(() => seen.length === 3, { deadlineMs: 5_000, what: 'the paused partition' });
    expect(seen).toEqual(['blocked', 'free', 'blocked']);
  });

  it('goes on after what a batch committed before it paused', async () => {
    const topic = await bench.newTopic(1);
    await bench.kafka.producer.send(topic, [record('first'), record('second'), record('third')]);
    const seen: (readonly [bigint, readonly string[]])[] = [];
    await bench.consume(topic, async (batch) => {
      seen.push([batch.fetchOffset, batch.records.map(({ value }) => textOf(value))]);
      batch.commit(batch.firstOffset + 1n);
      return seen.length === 1 ? { kind: 'pause', forMs: 10 } : commitAll(batch);
    });
    await waitFor(() => seen.length === 2, { deadlineMs: 20_000, what: 'the rest' });
    expect(seen).toEqual([
      [0n, ['first', 'second', 'third']],
      [1n, ['second', 'third']],
    ]);
  });

  it('reads on exactly where it is told to, backwards and forwards', async () => {
    const topic = await bench.newTopic(1);
    await bench.kafka.producer.send(
      topic,
      Array.from({ length: 10 }, (_value, index) => record(`record-${index}`)),
    );
    const starts: bigint[] = [];
    const targets = [7n, 2n, 9n, 0n];
    await bench.consume(topic, (batch) => {
      expect(batch.firstOffset).toBe(batch.fetchOffset);
      starts.push(batch.firstOffset);
      const offset = targets.shift();
      return offset === undefined ? commitAll(batch) : { kind: 'seek', offset };
    });
    await waitFor(() => starts.length === 5, { deadlineMs: 20_000, what: 'five batches' });
    expect(starts).toEqual([0n, 7n, 2n, 9n, 0n]);
  });

  it('keeps a halted partition still, also through a rebalance, until it is resumed', async () => {
    const topic = await bench.newTopic(2);
    const groupId = `group-${randomUUID()}`;
    const seen: string[] = [];
    let halted = false;
    const handler: BatchHandler = (batch) => {
      seen.push(...batch.records.map(({ value }) => textOf(value)));
      if (batch.partition !== 0 || halted) return commitAll(batch);
      halted = true;
      return { kind: 'halt' };
    };
    const consumer = await bench.consume(topic, handler, { groupId });
    await bench.kafka.producer.send(topic, [record('halted')]);
    await waitFor(() => halted, { deadlineMs: 20_000, what: 'the halt' });
    const second = await bench.consume(topic, () => ({ kind: 'halt' }), { groupId });
    await waitFor(() => second.assignment().length === 1, { deadlineMs: 20_000, what: 'the rebalance' });
    await second.stop();
    await waitFor(() => consumer.assignment().length === 2, {
      deadlineMs: 20_000,
      what: 'both partitions back',
    });
    await bench.kafka.producer.send(topic, [record('other', 1)]);
    await waitFor(() => seen.includes('other'), { deadlineMs: 10_000, what: 'the other partition' });
    expect(seen).toEqual(['halted', 'other']);
    consumer.resume({ topic, partition: 0 });
    await waitFor(() => seen.length === 3, { deadlineMs: 5_000, what: 'the resumed partition' });
    expect(seen).toEqual(['halted', 'other', 'halted']);
  });

  it('pauses and tells when a batch fails in a way nobody handled, without naming values', async () => {
    const topic = await bench.newTopic(1);
    await bench.kafka.producer.send(topic, [record('secret-value')]);
    let attempts = 0;
    await bench.consume(topic, (batch) => {
      attempts += 1;
      if (attempts === 1) throw new Error(`cannot write ${textOf(batch.records[0]?.value ?? null)}`);
      return commitAll(batch);
    });
    await waitFor(() => attempts === 2, { deadlineMs: 20_000, what: 'the second attempt' });
    const line = bench.lines.find(
      ({ level, fields }) => level === 'error' && 'topic' in fields && fields.topic === topic,
    );
    expect(line?.fields).toMatchObject({ partition: 0, offset: '0', forMs: 1_000 });
    expect(JSON.stringify(bench.lines)).not.toContain('secret-value');
  });

  it('treats a batch reported done without a commit as failed instead of spinning', async () => {
    const topic = await bench.newTopic(1);
    await bench.kafka.producer.send(topic, [record('forgotten')]);
    let attempts = 0;
    await bench.consume(topic, (batch) => {
      attempts += 1;
      return attempts === 1 ? { kind: 'done' } : commitAll(batch);
    });
    await waitFor(() => attempts === 2, { deadlineMs: 20_000, what: 'the second attempt' });
    expect(JSON.stringify(bench.lines)).toContain('without a commit');
  });

  it('hands the group offsets on to the next member of the group', async () => {
    const topic = await bench.newTopic(1);
    const groupId = `group-${randomUUID()}`;
    await bench.kafka.producer.send(topic, [record('first'), record('second')]);
    let applied = 0;
    const first = await bench.consume(
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
    expect(await bench.kafka.admin.groupOffsets(groupId, topic)).toEqual(new Map([[0, 2n]]));
    await bench.kafka.producer.send(topic, [record('third')]);
    const starts: bigint[] = [];
    const second = await bench.consume(
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
    await bench.kafka.admin.deleteGroup(groupId);
    expect(await bench.kafka.admin.groupOffsets(groupId, topic)).toEqual(new Map());
  });

  it('shows an offset the broker no longer holds as a batch that starts elsewhere, never skipping to the end', async () => {
    const topic = await bench.newTopic(1);
    await bench.kafka.producer.send(topic, [record('gone'), record('kept'), record('also kept')]);
    await bench.asAdmin(async (admin) => {
      await admin.fetchTopicMetadata({ topics: [topic] });
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    });
    const batches: RecordBatch[] = [];
    const groupId = `group-${randomUUID()}`;
    await bench.consume(
      topic,
      (batch) => {
        batches.push(batch);
        return batches.length === 1 ? { kind: 'seek', offset: 0n } : commitAll(batch);
      },
      { groupId },
    );
    await waitFor(() => batches.length === 2, { deadlineMs: 20_000, what: 'the batch after the seek' });
    expect(batches[1]?.fetchOffset).toBe(1n);
    expect(batches[1]?.records.map(({ value }) => textOf(value))).toEqual(['kept', 'also kept']);
    expect((await bench.kafka.admin.topicOffsets(topic))[0]?.low).toBe(1n);
  });

  it('ends loudly on records compressed with a codec nobody registered', async () => {
    const topic = await bench.newTopic(1);
    const original = CompressionCodecs[CompressionTypes.Snappy];
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      compress: (encoder: { buffer: Buffer }) => Promise.resolve(snappyLiterals(encoder.buffer)),
      decompress: (buffer: Buffer) => Promise.resolve(buffer),
    });
    const producer = bench.foreignClient().producer();
    await producer.connect();
    await producer.send({ topic, compression: CompressionTypes.Snappy, messages: [{ value: 'compressed' }] });
    await producer.disconnect();
    CompressionCodecs[CompressionTypes.Snappy] = original;
    expect((await bench.kafka.admin.topicOffsets(topic))[0]?.high).toBe(1n);
    const crashes: ConsumerCrash[] = [];
    await bench.consume(topic, commitAll, { onCrash: (crash) => crashes.push(crash) });
    await waitFor(() => crashes.length === 2, {
      deadlineMs: 20_000,
      what: 'the crash, and another after the rebuild',
    });
    expect(crashes[0]).toMatchObject({ consecutive: 1, retryInMs: 1_000, error: { code: 'internal_error' } });
    expect(crashes[1]).toMatchObject({ consecutive: 2, retryInMs: 2_000 });
    expect(crashes[0]?.error.message).toContain('compression.type');
  });

  it('names what a broker refuses, and is given no partition meanwhile', async () => {
    const topic = await bench.newTopic(1);
    const crashes: ConsumerCrash[] = [];
    const assignments: number[] = [];
    await bench.consume(topic, commitAll, {
      sessionTimeoutMs: 24 * 3_600_000,
      onCrash: (crash) => crashes.push(crash),
      onAssignment: (partitions) => assignments.push(partitions.length),
    });
    await waitFor(() => crashes.length === 1, { deadlineMs: 20_000, what: 'the refusal' });
    expect(crashes[0]?.error.code).toBe('kafka_refused');
    expect(crashes[0]?.error.message).toContain('session timeout');
    expect(assignments).toEqual([]);
  });
});
