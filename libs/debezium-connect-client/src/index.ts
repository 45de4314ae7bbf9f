export { chunkSettings } from './chunk-settings.js';
export type { ChunkSettings } from './chunk-settings.js';
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
export { ConnectClient } from './connect-client.js';
export type {
  ConfigurationProblem,
  ConnectorPlugin,
  ConnectorState,
  ConnectorStatus,
  PartitionOffset,
  TaskStatus,
} from './connect-client.js';
export type { ConnectClientOptions } from './connect-http.js';
export { ConnectRequestError } from './connect-request-error.js';
export type { ConnectorPlan, PropertyChange } from './connector-plan.js';
export { parseSnapshotNotification } from './notifications.js';
export type { SnapshotNotification, SnapshotNotificationType } from './notifications.js';
export { SnapshotSignals } from './signals.js';
export type { SendRecord, SignalRecord, SnapshotRequest } from './signals.js';
export { hasPassed } from './source-offset.js';
export type {
  BinlogSourceOffset,
  NotedPosition,
  PostgresSourceOffset,
  SourceOffset,
} from './source-offset.js';
