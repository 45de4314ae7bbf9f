/** Where Debezium's incremental snapshot signals for a connector go; the record's key is the topic prefix. */
export function signalTopic(topicPrefix: string): string {
  return `rowbridge.signals.${topicPrefix}`;
}

/** Where a connector reports its snapshots. */
export function notificationTopic(topicPrefix: string): string {
  return `rowbridge.notifications.${topicPrefix}`;
}

/** Where a MySQL or MariaDB connector keeps the tables' definitions over time. */
export function schemaHistoryTopic(topicPrefix: string): string {
  return `rowbridge.schema-history.${topicPrefix}`;
}

/** Where a connector's own heartbeat records go; nobody reads them. */
export function connectorHeartbeatTopic(topicPrefix: string): string {
  return `__debezium-heartbeat.${topicPrefix}`;
}

/** Changes of `rowbridge.heartbeat`: their offsets carry the connector past every earlier commit. */
export function heartbeatTableTopic(topicPrefix: string): string {
  return `${topicPrefix}.rowbridge.heartbeat`;
}

/** Where the changes of one table go. */
export function tableTopic(topicPrefix: string, schema: string, table: string): string {
  return `${topicPrefix}.${schema}.${table}`;
}
