import { legacyCapture } from './legacy.connector.js';
import { revampCapture } from './revamp.connector.js';
import {
  connectorHeartbeatTopic,
  heartbeatTableTopic,
  notificationTopic,
  schemaHistoryTopic,
  signalTopic,
  tableTopic,
} from './topic-names.js';

/** A topic to make before its connector starts: nothing relies on the broker making topics by itself. */
export interface TopicDeclaration {
  readonly topic: string;
  readonly partitions: number;
  /** Kafka topic settings. */
  readonly configuration: Readonly<Record<string, string>>;
}

export type SystemName = 'legacy-revamp';

export interface TopicOptions {
  /** Partitions of each table topic; fixed for good, since more of them would move keys. Default 4. */
  readonly tablePartitions?: number;
  /** How long changes stay in the table topics, milliseconds. Default seven days. */
  readonly retentionMs?: number;
  /** The revamp database's name. Default `revamp_db`. */
  readonly revampDatabase?: string;
}

const dayMs = 86_400_000;

/** The topics of a system's connectors with their partitions and configuration. */
export function declaredTopics(system: SystemName, options: TopicOptions = {}): readonly TopicDeclaration[] {
  switch (system) {
    case 'legacy-revamp': {
      const { revampDatabase = 'revamp_db' } = options;
      return [
        ...connectorTopics(legacyCapture, options),
        ...connectorTopics({ ...revampCapture, schema: revampDatabase }, options),
        {
          topic: schemaHistoryTopic(revampCapture.topicPrefix),
          partitions: 1,
          configuration: { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' },
        },
      ];
    }
  }
}

interface Captured {
  readonly topicPrefix: string;
  readonly schema: string;
  readonly tables: readonly string[];
}

function connectorTopics(
  { topicPrefix, schema, tables }: Captured,
  options: TopicOptions,
): TopicDeclaration[] {
  const { tablePartitions = 4, retentionMs = 7 * dayMs } = options;
  const single = (topic: string, topicRetentionMs: number): TopicDeclaration => ({
    topic,
    partitions: 1,
    configuration: { 'cleanup.policy': 'delete', 'retention.ms': String(topicRetentionMs) },
  });
  return [
    ...tables.map((table) => ({
      topic: tableTopic(topicPrefix, schema, table),
      partitions: tablePartitions,
      configuration: { 'cleanup.policy': 'delete', 'retention.ms': String(retentionMs) },
    })),
    single(heartbeatTableTopic(topicPrefix), dayMs / 24),
    single(connectorHeartbeatTopic(topicPrefix), dayMs / 24),
    single(signalTopic(topicPrefix), 7 * dayMs),
    single(notificationTopic(topicPrefix), 7 * dayMs),
  ];
}
