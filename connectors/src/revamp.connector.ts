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
  /**
   * The `server_id` of sync sessions, whose writes are left out; null where the source column alone guards. MariaDB only:
   * MySQL has no such mark.
   */
  readonly logOriginServerId: number | null;
}

const heartbeatQuery =
  "insert into rowbridge.heartbeat (connector, beaten_at) values ('revamp', current_timestamp(6)) " +
  'on duplicate key update beaten_at = current_timestamp(6)';

/**
 * The revamp site's MySQL or MariaDB.
 * @throws RangeError when a log origin is asked for on MySQL, or is no server id
 */
export function revampConnector(parameters: RevampConnectorParameters): ConnectorDeclaration {
  const schema = parameters.database.database;
  const { topicPrefix, tables } = revampCapture;
  const configuration =
    parameters.engine === 'mariadb'
      ? mariadbConnectorConfiguration({ ...binlogSettings(parameters), ...originFilter(parameters) })
      : mysqlConnectorConfiguration({ ...binlogSettings(parameters), ...originFilter(parameters) });
  return {
    name: 'revamp',
    engine: parameters.engine,
    topicPrefix,
    schema,
    tables,
    configuration: { ...configuration, ...parameters.additionalSettings },
  };
}

function originFilter({
  engine,
  logOriginServerId,
}: RevampConnectorParameters): Partial<BinlogConnectorSettings> {
  if (logOriginServerId === null) return {};
  if (engine === 'mysql') throw new RangeError('MySQL has no log origin: use the source column');
  if (!Number.isInteger(logOriginServerId) || logOriginServerId < 1 || logOriginServerId > 0xffff_ffff) {
    throw new RangeError('a server id is a whole number from 1 to 4294967295');
  }
  return { 'gtid.source.excludes': [`.*-${logOriginServerId}`], 'gtid.source.filter.dml.events': true };
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
