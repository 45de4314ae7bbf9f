import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { connectKafka } from '@rowbridge/kafka';
import type {
  BatchOutcome,
  ConsumerOptions,
  KafkaConnection,
  OutgoingRecord,
  RecordBatch,
  RecordConsumer,
  TopicFollower,
} from '@rowbridge/kafka';
import type { ProviderWithKafka } from '@rowbridge/testing';

type Stack = Awaited<ReturnType<ProviderWithKafka['kafkaStack']>>;

interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

export type BatchHandler = (batch: RecordBatch) => Promise<BatchOutcome> | BatchOutcome;

export const textOf = (value: Uint8Array | null): string =>
  Buffer.from(value ?? new Uint8Array()).toString('utf8');

/** A record whose key and value are the text. */
export const record = (text: string, partition = 0): OutgoingRecord => ({
  key: Buffer.from(text),
  value: Buffer.from(text),
  partition,
});

export async function commitAll(batch: RecordBatch): Promise<BatchOutcome> {
  batch.commit((batch.records.at(-1)?.offset ?? -1n) + 1n);
  return { kind: 'done' };
}

/** A broker with a connection of ours to it, and what runs on it for one test. */
export class KafkaBench {
  private readonly running: (RecordConsumer | TopicFollower)[] = [];

  /** Everything the connection has logged. */
  readonly lines: readonly LogLine[];
  readonly kafka: KafkaConnection;
  readonly stack: Stack;

  private constructor(
    private readonly provider: ProviderWithKafka,
    { stack, kafka, lines }: Pick<KafkaBench, 'stack' | 'kafka' | 'lines'>,
  ) {
    this.stack = stack;
    this.kafka = kafka;
    this.lines = lines;
  }

  static async open(provider: ProviderWithKafka): Promise<KafkaBench> {
    const stack = await provider.kafkaStack({ components: ['kafka'] });
    const lines: LogLine[] = [];
    const logger = Object.fromEntries(
      ['debug', 'info', 'warn', 'error'].map((level) => [
        level,
        (fields: object, message: string): void => void lines.push({ level, fields, message }),
      ]),
    ) as unknown as Parameters<typeof connectKafka>[0]['logger'];
    const kafka = await connectKafka({ brokers: stack.kafka.brokers, clientId: 'rowbridge-test', logger });
    return new KafkaBench(provider, { stack, kafka, lines });
  }

  /** Ends what a test has started. */
  async stopRunning(): Promise<void> {
    await Promise.all(this.running.splice(0).map((consumer) => consumer.stop()));
  }

  async close(): Promise<void> {
    await this.kafka.close();
    await this.provider.stop();
  }

  async newTopic(partitions: number): Promise<string> {
    const topic = `topic-${randomUUID()}`;
    await this.kafka.admin.createTopics([{ topic, partitions }]);
    return topic;
  }

  async consume(
    topic: string,
    handler: BatchHandler,
    options: Partial<ConsumerOptions> = {},
  ): Promise<RecordConsumer> {
    const consumer = await this.kafka.startConsumer({
      groupId: `group-${randomUUID()}`,
      topics: [topic],
      maxWaitMs: 100,
      onBatch: (batch) => Promise.resolve(handler(batch)),
      onCrash: () => undefined,
      ...options,
    });
    this.running.push(consumer);
    return consumer;
  }

  /** @returns the texts of the records as they come */
  async follow(
    topic: string,
    from: 'beginning' | 'end',
  ): Promise<{ readonly seen: readonly string[]; readonly follower: TopicFollower }> {
    const seen: string[] = [];
    const follower = await this.kafka.follow({
      topics: [topic],
      from,
      onRecord: ({ value }) => void seen.push(textOf(value)),
      onCrash: () => undefined,
    });
    this.running.push(follower);
    return { seen, follower };
  }

  /** A client that is none of ours. */
  foreignClient(): Kafka {
    return new Kafka({ brokers: this.stack.kafka.brokers, logLevel: logLevel.NOTHING });
  }

  async asAdmin<Answer>(work: (admin: Admin) => Promise<Answer>): Promise<Answer> {
    const admin = this.foreignClient().admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}
