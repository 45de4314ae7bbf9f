import {
  connectorHeartbeatTopic,
  heartbeatTableTopic,
  legacyConnector,
  notificationTopic,
  revampConnector,
  schemaHistoryTopic,
  signalTopic,
  type ConnectorParameters,
} from '@rowbridge/connectors';
import type { RunningStack } from '@rowbridge/embedded-stack';
import type { KafkaConnection } from '@rowbridge/kafka';
import { waitFor, type TestDatabase } from '@rowbridge/testing';
import { ConnectClient, type ConnectorConfiguration } from 'debezium-connect-client';
import type { EngineName } from './type-column.js';

export interface TypeCapture {
  readonly engine: EngineName;
  /** Name of the connector, of its slot, and first part of its topics. */
  readonly prefix: string;
  readonly database: Pick<TestDatabase, 'name' | 'url'>;
  readonly schema: string;
  readonly tables: readonly string[];
  readonly topics: readonly string[];
  readonly stack: RunningStack;
  readonly kafka: KafkaConnection;
  /** Settings that differ, such as another converter. */
  readonly settings?: Readonly<Record<string, string>>;
}

export function typePrefix(engine: EngineName): string {
  return `types_${engine}`;
}

/**
 * The declared connectors' own settings, over other tables; PostgreSQL has a publication `types`. Returns when the connector
 * reads the log.
 */
export async function startTypeConnector(capture: TypeCapture): Promise<void> {
  const { prefix, kafka, stack, topics } = capture;
  const single = [
    ...topics,
    heartbeatTableTopic(prefix),
    connectorHeartbeatTopic(prefix),
    signalTopic(prefix),
    notificationTopic(prefix),
    schemaHistoryTopic(prefix),
  ];
  await kafka.admin.createTopics(single.map((topic) => ({ topic, partitions: 1 })));
  const connect = new ConnectClient({ url: stack.connect.url, timeoutMs: 60_000 });
  await connect.createOrUpdate(prefix, configurationOf(capture));
  await waitFor(
    async () => {
      const status = await connect.status(prefix);
      const [task] = status?.tasks ?? [];
      if (task?.state === 'FAILED') throw new Error(task.trace ?? '');
      // The first heartbeat in the table's topic shows that the log is read.
      const [beats] = await kafka.admin.topicOffsets(heartbeatTableTopic(prefix));
      return task?.state === 'RUNNING' && (beats?.high ?? 0n) > 0n;
    },
    { deadlineMs: 120_000, what: `${prefix} to read the log` },
  );
}

function configurationOf(capture: TypeCapture): ConnectorConfiguration {
  const { engine, prefix, database, schema, tables, stack, settings } = capture;
  const { hostname, port, username, password } = new URL(database.url);
  const parameters: ConnectorParameters = {
    database: {
      host: hostname,
      port: Number(port),
      database: database.name,
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    },
    brokers: stack.kafka.brokers,
    converterSettings: stack.connectorConverterSettings,
    additionalSettings: {
      'topic.prefix': prefix,
      'table.include.list': [
        ...tables.map((table) => `${schema}\\.${table}`),
        'rowbridge\\.heartbeat',
      ].join(),
      'snapshot.mode': 'no_data',
      'signal.kafka.topic': signalTopic(prefix),
      'notification.sink.topic.name': notificationTopic(prefix),
      ...(engine === 'postgres'
        ? { 'publication.name': 'types', 'slot.name': `${prefix}_${database.name}` }
        : { 'schema.history.internal.kafka.topic': schemaHistoryTopic(prefix) }),
      ...settings,
    },
  };
  if (engine === 'postgres') return legacyConnector({ ...parameters, logOriginGuard: false }).configuration;
  return revampConnector({
    ...parameters,
    engine: engine === 'mysql8' ? 'mysql' : 'mariadb',
  }).configuration;
}
