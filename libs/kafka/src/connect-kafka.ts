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
import { SupervisedConsumer } from './supervised-consumer.js';

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
  /** Stops consumers still running, then closes all connections. */
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
  const consumers = new Set<RecordConsumer>();
  const kafkaAdmin = createKafkaAdmin(admin.connected);
  await admin.connected().catch((error: unknown) => {
    throw kafkaFault(`connecting to ${brokers.join(', ')}`, error);
  });
  return {
    admin: kafkaAdmin,
    producer: createRecordProducer(producer.connected),
    async startConsumer(options) {
      const counts = await kafkaAdmin.partitionCounts(options.topics);
      const partitionCount = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const consumer = new SupervisedConsumer({ ...options, kafka, logger, partitionCount });
      await consumer.start();
      consumers.add(consumer);
      return consumer;
    },
    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
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
