import type { ConnectClient, ConnectorConfiguration } from 'debezium-connect-client';
import { RowbridgeError } from '@rowbridge/errors';
import type { KafkaAdmin } from '@rowbridge/kafka';

export interface ProgressOptions {
  readonly connect: Pick<ConnectClient, 'configuration' | 'offsets'>;
  readonly connector: { readonly name: string };
  readonly admin: Pick<KafkaAdmin, 'topicOffsets'>;
  /** Where it writes the changes of its tables. */
  readonly tableTopics: readonly string[];
}

/** How far a connector was seen to have come. */
export interface ConnectorProgress {
  /** Equal marks mean that it said nothing in between. */
  readonly mark: string;
  /** For how long a connector that reads may bear the same mark. */
  readonly patienceMs: number;
}

const shortestPatienceMs = 15_000;
const missedBeats = 3;
/** Above two of Kafka Connect's default `offset.flush.interval.ms`. */
const flushPatienceMs = 150_000;

/**
 * Reads what moves while a connector reads. Its committed offsets alone do not tell: Kafka Connect flushes them once a
 * minute unless told otherwise, and they stand while a long transaction is decoded of which nothing is captured. Its
 * heartbeat topic grows all the while; without one, the topics of its tables and more patience must do.
 */
export async function readProgress({
  connect,
  connector,
  admin,
  tableTopics,
}: ProgressOptions): Promise<ConnectorProgress> {
  const offsets = await connect.offsets(connector.name);
  const beat = beatOf((await connect.configuration(connector.name)) ?? {});
  const beaten = beat && (await readEnds(admin, beat.topic));
  if (beat && beaten) {
    const patienceMs = Math.max(shortestPatienceMs, missedBeats * beat.everyMs);
    return { mark: JSON.stringify([offsets, beaten]), patienceMs };
  }
  const written = await Promise.all(tableTopics.map((topic) => readEnds(admin, topic)));
  return { mark: JSON.stringify([offsets, written]), patienceMs: flushPatienceMs };
}

interface Beat {
  readonly topic: string;
  readonly everyMs: number;
}

/** Names and defaults are Debezium's. Null where the connector is not set to beat. */
function beatOf(configuration: ConnectorConfiguration): Beat | null {
  const intervalMs = Number(configuration['heartbeat.interval.ms'] ?? 0);
  const topicPrefix = configuration['topic.prefix'];
  if (!(intervalMs > 0) || topicPrefix === undefined) return null;
  const prefix = configuration['heartbeat.topics.prefix'] ?? '__debezium-heartbeat';
  return { topic: `${prefix}.${topicPrefix}`, everyMs: Math.max(intervalMs, idleServerMs(configuration)) };
}

/** A binlog connector beats only when its server speaks: an idle one does at this interval. */
function idleServerMs(configuration: ConnectorConfiguration): number {
  if (configuration['connector.class']?.includes('PostgresConnector')) return 0;
  return Number(configuration['connect.keep.alive.interval.ms'] ?? 60_000);
}

/** By partition; null without the topic. */
async function readEnds(admin: ProgressOptions['admin'], topic: string): Promise<readonly string[] | null> {
  try {
    return (await admin.topicOffsets(topic)).map(({ high }) => String(high));
  } catch (error) {
    if (error instanceof RowbridgeError && error.code === 'topic_missing') return null;
    throw error;
  }
}
