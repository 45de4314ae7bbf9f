export type { ConnectorDeclaration, ConnectorParameters, DatabaseEndpoint } from './connector-declaration.js';
export { declaredTopics } from './declared-topics.js';
export type { TopicDeclaration, SystemName, TopicOptions } from './declared-topics.js';
export { legacyCapture, legacyConnector } from './legacy.connector.js';
export type { LegacyConnectorParameters } from './legacy.connector.js';
export { revampCapture, revampConnector } from './revamp.connector.js';
export type { RevampConnectorParameters } from './revamp.connector.js';
export {
  connectorHeartbeatTopic,
  heartbeatTableTopic,
  notificationTopic,
  schemaHistoryTopic,
  signalTopic,
  tableTopic,
} from './topic-names.js';
export { tablePattern } from './table-pattern.js';
export { capturedTables } from './capture-requirements.js';
export { forgetUnfinishedSnapshot } from './forget-unfinished-snapshot.js';
