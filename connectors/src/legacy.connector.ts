import { postgresConnectorConfiguration } from 'debezium-connect-client';
import { captureSettings } from './capture-settings.js';
import type { ConnectorDeclaration, ConnectorParameters } from './connector-declaration.js';

export const legacyCapture = {
  topicPrefix: 'legacy',
  schema: 'public',
  /** Parents before children. A new entity is one more name here. */
  tables: ['legacy_users', 'legacy_posts', 'legacy_likes'],
  publication: 'rowbridge_legacy',
  slot: 'rowbridge_legacy',
} as const;

export interface LegacyConnectorParameters extends ConnectorParameters {
  /** Leave out what a sync service wrote under a replication origin. PostgreSQL 16 or later. */
  readonly logOriginGuard: boolean;
}

const heartbeatQuery =
  "insert into rowbridge.heartbeat (connector, beaten_at) values ('legacy', current_timestamp) " +
  'on conflict (connector) do update set beaten_at = excluded.beaten_at';

/** The legacy site's PostgreSQL. The publication is made beforehand; the connector makes its own slot and keeps it. */
export function legacyConnector(parameters: LegacyConnectorParameters): ConnectorDeclaration {
  const { database, logOriginGuard } = parameters;
  return {
    name: 'legacy',
    engine: 'postgres',
    ...legacyCapture,
    configuration: {
      ...postgresConnectorConfiguration({
        ...captureSettings(legacyCapture, parameters),
        'database.hostname': database.host,
        'database.port': database.port,
        'database.dbname': database.database,
        'database.user': database.user,
        'database.password': database.password,
        'plugin.name': 'pgoutput',
        'publication.name': legacyCapture.publication,
        'publication.autocreate.mode': 'disabled',
        'slot.name': legacyCapture.slot,
        'slot.drop.on.stop': false,
        ...(logOriginGuard ? { 'slot.stream.params': 'origin=none' } : {}),
        'lsn.flush.mode': 'connector',
        'status.update.interval.ms': 1_000,
        'time.precision.mode': 'adaptive',
        'interval.handling.mode': 'string',
        'hstore.handling.mode': 'json',
        'heartbeat.action.query': heartbeatQuery,
      }),
      ...parameters.additionalSettings,
    },
  };
}
