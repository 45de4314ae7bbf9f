import {
  heartbeatTableTopic,
  connectorHeartbeatTopic,
  legacyConnector,
  notificationTopic,
  revampConnector,
  schemaHistoryTopic,
  signalTopic,
} from '@rowbridge/connectors';
import { provisionMysql, provisionPostgres, urlOfDatabase } from '@rowbridge/database-access';
import type { DatabaseEndpoint } from '@rowbridge/embedded-stack';
import type { SideDeclaration } from '@rowbridge/mapping';
import type { ConnectorConfiguration, NotedPosition } from 'debezium-connect-client';
import { runOn } from './run-on.js';

/** One side of a pair with the server that holds it. */
export interface LiveServer {
  readonly side: SideDeclaration;
  readonly endpoint: DatabaseEndpoint;
  /** Of the side alone; a MySQL side's schema. */
  readonly database: string;
  /** Of this database, for an administrator. */
  readonly url: string;
  /** Its tables that are kept in step, and those of them whose changes are captured. */
  readonly tables: readonly string[];
  readonly captured: readonly string[];
}

export interface CaptureSettings {
  readonly brokers: readonly string[];
  readonly converterSettings: Readonly<Record<string, string>>;
}

const account = (name: string): { name: string; password: string } => ({ name, password: `${name}-pw` });

/** No two connectors of a server may have the same. */
let lastReplicaId = 6_000;

/** Whether sync sessions can mark what they log. */
export function hasLogOrigin({ endpoint }: LiveServer): boolean {
  return endpoint.engine !== 'mysql';
}

export function runOnServer(
  { side, url }: Pick<LiveServer, 'side' | 'url'>,
  statements: readonly string[],
): Promise<Record<string, unknown>[]> {
  return runOn(side.engineFamily, url, statements);
}

/** Makes the database with its tables and users. */
export async function createLiveDatabase(server: LiveServer, schema: string): Promise<void> {
  const { side, endpoint, database, url, tables } = server;
  const isPostgres = side.engineFamily === 'postgres';
  const collation = isPostgres ? '' : ' character set utf8mb4 collate utf8mb4_bin';
  await runOn(side.engineFamily, endpoint.url, [`create database ${database}${collation}`]);
  await runOn(side.engineFamily, url, [schema]);
  const provision = {
    adminUrl: endpoint.url,
    database,
    tables,
    schemaFolders: [],
    captureUser: account('capture'),
    syncUser: account('sync'),
  };
  if (isPostgres) await provisionPostgres({ ...provision, schema: side.schema, publication: database });
  else await provisionMysql(provision);
}

/** The topics a connector has beside those of its tables. */
export function connectorTopics({ side }: LiveServer): readonly string[] {
  const topicsOf = [
    signalTopic,
    schemaHistoryTopic,
    notificationTopic,
    heartbeatTableTopic,
    connectorHeartbeatTopic,
  ];
  return topicsOf.map((topicOf) => topicOf(side.topicPrefix));
}

/** The declared connector's own settings, over the side's tables. */
export function connectorOf(server: LiveServer, settings: CaptureSettings): ConnectorConfiguration {
  const { side, endpoint, database, captured } = server;
  const { topicPrefix } = side;
  const { host, port, engine } = endpoint;
  const { name: user, password } = account('capture');
  const additionalSettings = {
    'topic.prefix': topicPrefix,
    'table.include.list': [
      ...captured.map((table) => `${side.schema}\\.${table}`),
      'rowbridge\\.heartbeat',
    ].join(','),
    'signal.kafka.topic': signalTopic(topicPrefix),
    'signal.kafka.groupId': `signals-${topicPrefix}`,
    'notification.sink.topic.name': notificationTopic(topicPrefix),
  };
  const parameters = { ...settings, database: { host, port, database, user, password } };
  if (engine === 'postgresql') {
    return legacyConnector({
      ...parameters,
      logOriginGuard: true,
      additionalSettings: {
        ...additionalSettings,
        'publication.name': database,
        'slot.name': database,
      },
    }).configuration;
  }
  lastReplicaId += 1;
  return revampConnector({
    ...parameters,
    engine,
    additionalSettings: {
      ...additionalSettings,
      'database.server.id': String(lastReplicaId),
      'schema.history.internal.kafka.topic': schemaHistoryTopic(topicPrefix),
    },
  }).configuration;
}

/** Where the server's log ends now. */
export async function noteLogEnd(server: LiveServer): Promise<NotedPosition> {
  const { engine } = server.endpoint;
  if (engine === 'postgresql') {
    const [row] = await runOnServer(server, [
      "select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text as lsn",
    ]);
    return { engine: 'postgres', lsn: String(row?.['lsn']) };
  }
  const [log = {}] = await runOnServer(server, ['show master status']);
  return { engine, file: String(log['File']), pos: String(log['Position']) };
}

/** @param database of a side: PostgreSQL's is named after the pair, whose schema is another thing */
export function liveServer(
  side: SideDeclaration,
  endpoint: DatabaseEndpoint,
  {
    pairName,
    tables,
    captured,
  }: { pairName: string; tables: readonly string[]; captured: readonly string[] },
): LiveServer {
  const database = side.engineFamily === 'postgres' ? pairName.replaceAll('-', '_') : side.schema;
  return { side, endpoint, database, url: urlOfDatabase(endpoint.url, database), tables, captured };
}
