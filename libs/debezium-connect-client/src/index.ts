export {
  mariadbConnectorConfiguration,
  mysqlConnectorConfiguration,
  postgresConnectorConfiguration,
} from './connector-configuration.js';
export type {
  BinlogConnectorSettings,
  ConnectorConfiguration,
  MariadbConnectorSettings,
  MysqlConnectorSettings,
  PassThroughSettings,
  PostgresConnectorSettings,
  RelationalConnectorSettings,
  SettingValue,
} from './connector-settings.js';
