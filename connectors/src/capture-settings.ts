import { chunkSettings, type RelationalConnectorSettings } from 'debezium-connect-client';
import type { ConnectorParameters } from './connector-declaration.js';
import { tablePattern } from './table-pattern.js';
import { notificationTopic, signalTopic } from './topic-names.js';

/** Rows an incremental snapshot reads at a time where nothing else is set. */
const defaultChunkRows = 4_096;

/** The most rows one poll hands to the producer, and what may wait in memory before capture holds back. */
const batchRows = 8_192;
const queueRows = 32_768;
const queueBytes = 64 * 1024 * 1024;

export interface CapturedTables {
  readonly topicPrefix: string;
  readonly schema: string;
  readonly tables: readonly string[];
}

/**
 * What every connector of ours is set to, whatever its database.
 *
 * - Values: decimals as text (NaN stays visible), bytes as bytes, a value that cannot be converted stops the task
 *   instead of becoming null.
 * - Latency: polls every 10 ms and sends at once; batches form by themselves while earlier ones are on their way.
 * - Loss: `acks=all`, idempotent, never skips a record; deletes send no tombstone, since table topics are not compacted.
 * - Progress: a heartbeat each second writes `rowbridge.heartbeat`, which is captured like a table, so the committed
 *   offset passes every commit before it even when nothing else changes.
 * - Signals and notifications go through Kafka: capture never writes to application tables.
 */
export function captureSettings(
  captured: CapturedTables,
  parameters: ConnectorParameters,
): Omit<RelationalConnectorSettings, 'database.password' | 'database.user' | 'database.hostname'> {
  const { topicPrefix, schema, tables } = captured;
  return {
    'topic.prefix': topicPrefix,
    'table.include.list': [...tables.map((table) => tablePattern(schema, table)), 'rowbridge\\.heartbeat'],
    'snapshot.mode': 'initial',
    ...chunkSettings(parameters.snapshotChunkRows ?? defaultChunkRows),
    'decimal.handling.mode': 'string',
    'binary.handling.mode': 'bytes',
    'schema.name.adjustment.mode': 'avro',
    'field.name.adjustment.mode': 'avro',
    'event.converting.failure.handling.mode': 'fail',
    'errors.tolerance': 'none',
    'provide.transaction.metadata': false,
    'tombstones.on.delete': false,
    'extended.headers.enabled': false,
    'poll.interval.ms': 10,
    'max.batch.size': batchRows,
    'max.queue.size': queueRows,
    'max.queue.size.in.bytes': queueBytes,
    'heartbeat.interval.ms': 1_000,
    'retriable.restart.connector.wait.ms': 2_000,
    'read.only': true,
    'signal.enabled.channels': ['kafka'],
    'signal.kafka.topic': signalTopic(topicPrefix),
    'signal.kafka.bootstrap.servers': parameters.brokers,
    'signal.kafka.groupId': `rowbridge-signals-${topicPrefix}`,
    'signal.poll.interval.ms': 500,
    'notification.enabled.channels': ['sink'],
    'notification.sink.topic.name': notificationTopic(topicPrefix),
    'producer.override.acks': 'all',
    'producer.override.enable.idempotence': true,
    'producer.override.max.in.flight.requests.per.connection': 5,
    'producer.override.linger.ms': 0,
    'producer.override.batch.size': 262_144,
    'producer.override.buffer.memory': queueBytes,
    ...parameters.converterSettings,
  };
}
