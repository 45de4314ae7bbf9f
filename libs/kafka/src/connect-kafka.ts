import { Kafka, logLevel } from 'kafkajs';
import type { Admin, Producer } from 'kafkajs';
import { createKafkaAdmin } from './kafka-admin.js';
import type { KafkaAdmin } from './kafka-admin.js';
import { clientLogCreator } from './kafka-logger.js';
import type { KafkaLogger } from './kafka-logger.js';
import { kafkaFault } from './kafka-fault.js';
import type { ConsumerOptions, RecordConsumer } from './record-consumer.js';
import { createClientProducer, createRecordProducer } from './record-producer.js';
import type { RecordProducer } from './record-producer.js';
import { TopicRecordReader } from './record-reader.js';
import type { RecordReader } from './record-reader.js';
import { SupervisedConsumer } from './supervised-consumer.js';
import { followTopics } from './topic-follower.js';
import type { FollowOptions, TopicFollower } from './topic-follower.js';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: KafkaLogger;
}

/** A Kafka cluster as one process uses it. Connections are opened when first needed and again when they end. */
export interface KafkaConnection {
  readonly admin: KafkaAdmin;
  readonly producer: RecordProducer;
  /**
   * Joins a consumer group and reads.
   * @throws RowbridgeError `topic_missing`, `kafka_unreachable`
   */
  startConsumer(options: ConsumerOptions): Promise<RecordConsumer>;
  /**
   * Reads whole topics for this process alone, in no group of anyone's; resolves once everything they held has been
   * handed over.
   * @throws RowbridgeError `topic_missing`, `kafka_unreachable`
   */
  follow(options: FollowOptions): Promise<TopicFollower>;
  /** Opens nothing yet: the topic is reached by the first read. */
  openReader(topic: string): RecordReader;
  /** Stops consumers, followers and readers still running, then closes all connections. */
  close(): Promise<void>;
}

/**
 * Reaches the cluster once, so that wrong addresses show at once.
 * @throws RowbridgeError `kafka_unreachable`, `wrong_password`
 */
export async function connectKafka({ brokers, clientId, logger }: KafkaOptions): Promise<KafkaConnection> {
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 5_000 },
    logLevel: logLevel.INFO,
    logCreator: clientLogCreator(logger),
  });
  const admin = reusable<Admin>(() => kafka.admin());
  const producer = reusable<Producer>(() => createClientProducer(kafka));
  const running = new Set<RecordConsumer | TopicFollower | RecordReader>();
  const kafkaAdmin = createKafkaAdmin(admin.connected);
  await admin.connected().catch((error: unknown) => {
    throw kafkaFault(`connecting to ${brokers.join(', ')}`, error);
  });
  const startConsumer = async (options: ConsumerOptions, keepsOffsets: boolean): Promise<RecordConsumer> => {
    const counts = await kafkaAdmin.partitionCounts(options.topics);
    const partitionCount = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const consumer = new SupervisedConsumer({ ...options, kafka, logger, partitionCount, keepsOffsets });
    await consumer.start();
    return consumer;
  };
  return {
    admin: kafkaAdmin,
    producer: createRecordProducer(producer.connected),
    async startConsumer(options) {
      const consumer = await startConsumer(options, true);
      running.add(consumer);
      return consumer;
    },
    async follow(options) {
      const startReader = (reading: ConsumerOptions): Promise<RecordConsumer> =>
        startConsumer(reading, false);
      const follower = await followTopics({ ...options, clientId, admin: kafkaAdmin, startReader });
      running.add(follower);
      return follower;
    },
    openReader(topic) {
      const startReader = (reading: ConsumerOptions): Promise<RecordConsumer> =>
        startConsumer(reading, false);
      const reader = new TopicRecordReader({ topic, clientId, admin: kafkaAdmin, startReader });
      running.add(reader);
      return reader;
    },
    async close() {
      await Promise.all([...running].map((reader) => reader.stop()));
      await Promise.all([admin.close(), producer.close()]);
    },
  };
}

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/** One client of a kind: connected at first use; a failed connection is tried anew at the next. */
function reusable<Client extends Connectable>(
  create: () => Client,
): { connected: () => Promise<Client>; close: () => Promise<void> } {
  let connection: Promise<Client> | null = null;
  const open = async (): Promise<Client> => {
    const client = create();
    await client.connect();
    return client;
  };
  return {
    connected: () => {
      connection ??= open().catch((error: unknown) => {
        connection = null;
        throw error;
      });
      return connection;
    },
    close: async () => {
      const client = await connection?.catch(() => null);
      await client?.disconnect();
    },
  };
}
