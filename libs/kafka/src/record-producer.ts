import type { Kafka, Producer } from 'kafkajs';
import { kafkaFault } from './kafka-fault.js';

/** A record to be written. Bytes pass untouched. */
export interface OutgoingRecord {
  /** Records of one key keep their order; null spreads over partitions. */
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** Several values of one name are kept, in order. */
  readonly headers?: readonly { readonly name: string; readonly value: Uint8Array }[];
  /** Chosen by the key where absent. */
  readonly partition?: number;
  /** Milliseconds since 1970; now where absent. */
  readonly timestampMs?: number;
}

/** Writes records. Each call is at least once: after an error part of the records may be in the topic. */
export interface RecordProducer {
  /**
   * Resolves when all replicas in sync hold the records.
   * @throws RowbridgeError `kafka_unreachable`, `topic_missing`; `record_too_large` where the broker takes no record or
   *   request of the size
   */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
}

/**
 * One request at a time, so that records of one key keep their order through retries. Not idempotent: the client loses
 * its sequence when a broker restarts and then fails for good, and whoever reads what we write dedupes by id.
 */
export function createClientProducer(kafka: Kafka): Producer {
  return kafka.producer({
    allowAutoTopicCreation: false,
    idempotent: false,
    maxInFlightRequests: 1,
    retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 5_000 },
  });
}

/** @param connected resolves to the client's producer, connected */
export function createRecordProducer(connected: () => Promise<Producer>): RecordProducer {
  return {
    async send(topic, records) {
      if (records.length === 0) return;
      try {
        const producer = await connected();
        await producer.send({ topic, acks: -1, timeout: 10_000, messages: records.map(toMessage) });
      } catch (error) {
        throw kafkaFault(`writing to topic ${topic}`, error);
      }
    },
  };
}

function toMessage({ key, value, headers = [], partition, timestampMs }: OutgoingRecord): ClientMessage {
  const byName: Record<string, Buffer | Buffer[]> = {};
  for (const header of headers) {
    const earlier = byName[header.name];
    const bytes = toBuffer(header.value);
    byName[header.name] = earlier === undefined ? bytes : [earlier, bytes].flat();
  }
  return {
    key: key === null ? null : toBuffer(key),
    value: value === null ? null : toBuffer(value),
    headers: byName,
    ...(partition === undefined ? {} : { partition }),
    ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs) }),
  };
}

interface ClientMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, Buffer | Buffer[]>;
  readonly partition?: number;
  readonly timestamp?: string;
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
