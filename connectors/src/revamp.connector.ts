import {
  mariadbConnectorConfiguration,
  mysqlConnectorConfiguration,
  type BinlogConnectorSettings,
} from 'debezium-connect-client';
import { captureSettings } from './capture-settings.js';
import type { ConnectorDeclaration, ConnectorParameters } from './connector-declaration.js';
import { schemaHistoryTopic } from './topic-names.js';

export const revampCapture = {
  topicPrefix: 'revamp',
  /** Parents before children. A new entity is one more name here. */
  tables: ['revamp_users', 'revamp_posts', 'revamp_likes'],
  /** The connector's id as a replica; no other replica or connector of the server may have it. */
  serverId: 5_401,
} as const;

export interface RevampConnectorParameters extends ConnectorParameters {
  readonly engine: 'mysql' | 'mariadb';
}

const heartbeatQuery =
  "insert into rowbridge.heartbeat (connector, beaten_at) values ('revamp', current_timestamp(6)) " +
  'on duplicate key update beaten_at = current_timestamp(6)';

/** The revamp site's MySQL or MariaDB, with what sync sessions write: the services tell it by its server id. */
export function revampConnector(parameters: RevampConnectorParameters): ConnectorDeclaration {
  const schema = parameters.database.database;
  const { topicPrefix, tables } = revampCapture;
  const configuration =
    parameters.engine === 'mariadb'
      ? mariadbConnectorConfiguration(binlogSettings(parameters))
      : mysqlConnectorConfiguration(binlogSettings(parameters));
  return {
    name: 'revamp',
    engine: parameters.engine,
    topicPrefix,
    schema,
    tables,
    configuration: { ...configuration, ...parameters.additionalSettings },
  };
}

function binlogSettings(parameters: RevampConnectorParameters): BinlogConnectorSettings {
  const { database, brokers } = parameters;
  const { topicPrefix, tables, serverId } = revampCapture;
  return {
    ...captureSettings({ topicPrefix, schema: database.database, tables }, parameters),
    'database.hostname': database.host,
    'database.port': database.port,
    'database.user': database.user,
    'database.password': database.password,
    'database.server.id': serverId,
    'database.include.list': [database.database, 'rowbridge'],
    'time.precision.mode': 'adaptive_time_microseconds',
    'bigint.unsigned.handling.mode': 'precise',
    // On by default, it takes the years 1 to 99 for years of this and the last century.
    'enable.time.adjuster': false,
    'event.deserialization.failure.handling.mode': 'fail',
    'inconsistent.schema.handling.mode': 'fail',
    'include.schema.changes': false,
    // An idle server speaks every 0.8 x this interval, and only then does the connector beat. The thread that would
    // reconnect after one silent interval is off: it also fires while a full queue holds reading back.
    'connect.keep.alive': false,
    'connect.keep.alive.interval.ms': 300,
    'heartbeat.action.query': heartbeatQuery,
    'schema.history.internal.kafka.topic': schemaHistoryTopic(topicPrefix),
    'schema.history.internal.kafka.bootstrap.servers': brokers,
    'schema.history.internal.store.only.captured.tables.ddl': true,
    'schema.history.internal.store.only.captured.databases.ddl': true,
    'schema.history.internal.producer.acks': 'all',
    'schema.history.internal.consumer.isolation.level': 'read_committed',
  };
}
