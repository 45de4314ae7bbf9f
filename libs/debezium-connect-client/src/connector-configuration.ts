import type {
  ConnectorConfiguration,
  MariadbConnectorSettings,
  MysqlConnectorSettings,
  PostgresConnectorSettings,
  SettingValue,
} from './connector-settings.js';

/** Connector classes of Debezium 3.5; each runs exactly one task. */
const connectorClasses = {
  postgres: 'io.debezium.connector.postgresql.PostgresConnector',
  mysql: 'io.debezium.connector.mysql.MySqlConnector',
  mariadb: 'io.debezium.connector.mariadb.MariaDbConnector',
} as const;

/** The configuration Kafka Connect takes for a Debezium PostgreSQL connector. */
export function postgresConnectorConfiguration(settings: PostgresConnectorSettings): ConnectorConfiguration {
  return asConfiguration(connectorClasses.postgres, settings);
}

/** The configuration Kafka Connect takes for a Debezium MySQL connector. */
export function mysqlConnectorConfiguration(settings: MysqlConnectorSettings): ConnectorConfiguration {
  return asConfiguration(connectorClasses.mysql, settings);
}

/** The configuration Kafka Connect takes for a Debezium MariaDB connector. */
export function mariadbConnectorConfiguration(settings: MariadbConnectorSettings): ConnectorConfiguration {
  return asConfiguration(connectorClasses.mariadb, settings);
}

function asConfiguration(connectorClass: string, settings: object): ConnectorConfiguration {
  const entries = Object.entries(settings as Record<string, SettingValue | undefined>)
    .filter((entry): entry is [string, SettingValue] => entry[1] !== undefined)
    .map(([property, value]) => [property, typeof value === 'object' ? value.join(',') : String(value)]);
  return { 'connector.class': connectorClass, 'tasks.max': '1', ...Object.fromEntries(entries) };
}
