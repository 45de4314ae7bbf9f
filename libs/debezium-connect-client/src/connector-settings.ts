/*
 * Debezium 3.5's own property names with the values each accepts. Lists become comma-separated text, numbers and
 * booleans their text; a property left undefined is not sent, so the connector's default holds.
 */

export type SettingValue = string | number | boolean | readonly string[];

/** What Kafka Connect stores: text by property name. */
export type ConnectorConfiguration = Readonly<Record<string, string>>;

/** Properties passed through to Kafka clients, drivers, converters and transforms. */
export interface PassThroughSettings {
  readonly [property: `producer.override.${string}`]: SettingValue | undefined;
  readonly [property: `admin.override.${string}`]: SettingValue | undefined;
  readonly [property: `key.converter${string}`]: SettingValue | undefined;
  readonly [property: `value.converter${string}`]: SettingValue | undefined;
  readonly [property: `header.converter${string}`]: SettingValue | undefined;
  readonly [property: `signal.consumer.${string}`]: SettingValue | undefined;
  readonly [property: `driver.${string}`]: SettingValue | undefined;
  readonly [property: `topic.creation.${string}`]: SettingValue | undefined;
  readonly [property: `transforms${string}`]: SettingValue | undefined;
  readonly [property: `predicates${string}`]: SettingValue | undefined;
}

/** Properties of every Debezium relational source connector. */
export interface RelationalConnectorSettings extends PassThroughSettings {
  readonly 'topic.prefix': string;
  readonly 'database.hostname': string;
  readonly 'database.port'?: number;
  readonly 'database.user': string;
  readonly 'database.password': string;
  readonly 'database.query.timeout.ms'?: number;
  /** Regular expressions matched against `<schema or database>.<table>`. */
  readonly 'table.include.list'?: readonly string[];
  readonly 'table.exclude.list'?: readonly string[];
  readonly 'column.include.list'?: readonly string[];
  readonly 'column.exclude.list'?: readonly string[];
  readonly 'message.key.columns'?: string;

  readonly 'snapshot.mode'?:
    'always' | 'initial' | 'initial_only' | 'no_data' | 'when_needed' | 'configuration_based' | 'custom';
  readonly 'snapshot.include.collection.list'?: readonly string[];
  readonly 'snapshot.fetch.size'?: number;
  readonly 'snapshot.max.threads'?: number;
  readonly 'snapshot.delay.ms'?: number;
  readonly 'incremental.snapshot.chunk.size'?: number;
  readonly 'incremental.snapshot.watermarking.strategy'?: 'INSERT_INSERT' | 'INSERT_DELETE';
  readonly 'read.only'?: boolean;

  readonly 'decimal.handling.mode'?: 'precise' | 'string' | 'double';
  readonly 'binary.handling.mode'?: 'bytes' | 'base64' | 'base64-url-safe' | 'hex';
  readonly 'schema.name.adjustment.mode'?: 'none' | 'avro' | 'avro_unicode';
  readonly 'field.name.adjustment.mode'?: 'none' | 'avro' | 'avro_unicode';
  readonly 'event.converting.failure.handling.mode'?: 'fail' | 'warn' | 'skip';
  readonly 'column.propagate.source.type'?: readonly string[];
  readonly 'skipped.operations'?: string;
  readonly 'tombstones.on.delete'?: boolean;
  readonly 'provide.transaction.metadata'?: boolean;
  readonly 'unavailable.value.placeholder'?: string;
  readonly 'extended.headers.enabled'?: boolean;

  readonly 'poll.interval.ms'?: number;
  readonly 'max.batch.size'?: number;
  readonly 'max.queue.size'?: number;
  readonly 'max.queue.size.in.bytes'?: number;
  readonly 'heartbeat.interval.ms'?: number;
  readonly 'heartbeat.action.query'?: string;
  readonly 'heartbeat.topics.prefix'?: string;
  readonly 'errors.max.retries'?: number;
  readonly 'errors.tolerance'?: 'none' | 'all';
  readonly 'retriable.restart.connector.wait.ms'?: number;

  /** Of `source`, `kafka`, `jmx`, `file`, and custom channels. */
  readonly 'signal.enabled.channels'?: readonly string[];
  readonly 'signal.data.collection'?: string;
  readonly 'signal.kafka.topic'?: string;
  readonly 'signal.kafka.bootstrap.servers'?: readonly string[];
  readonly 'signal.kafka.groupId'?: string;
  readonly 'signal.kafka.poll.timeout.ms'?: number;
  readonly 'signal.poll.interval.ms'?: number;
  /** Of `sink`, `log`, `jmx`, and custom channels. */
  readonly 'notification.enabled.channels'?: readonly string[];
  readonly 'notification.sink.topic.name'?: string;
}

export interface PostgresConnectorSettings extends RelationalConnectorSettings {
  readonly 'database.dbname': string;
  readonly 'plugin.name'?: 'pgoutput' | 'decoderbufs';
  readonly 'slot.name': string;
  readonly 'slot.drop.on.stop'?: boolean;
  readonly 'slot.failover'?: boolean;
  /** Options of the output plugin, `key=value` separated by semicolons, such as `origin=none`. */
  readonly 'slot.stream.params'?: string;
  readonly 'slot.max.retries'?: number;
  readonly 'slot.retry.delay.ms'?: number;
  readonly 'publication.name': string;
  readonly 'publication.autocreate.mode'?: 'disabled' | 'all_tables' | 'filtered' | 'no_tables';
  readonly 'replica.identity.autoset.values'?: string;
  readonly 'lsn.flush.mode'?: 'manual' | 'connector' | 'connector_and_driver';
  readonly 'status.update.interval.ms'?: number;
  readonly 'database.sslmode'?: 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
  readonly 'database.sslrootcert'?: string;
  readonly 'database.sslcert'?: string;
  readonly 'database.sslkey'?: string;
  readonly 'database.sslpassword'?: string;
  readonly 'time.precision.mode'?:
    'adaptive' | 'adaptive_time_microseconds' | 'connect' | 'isostring' | 'microseconds' | 'nanoseconds';
  readonly 'interval.handling.mode'?: 'numeric' | 'string';
  readonly 'hstore.handling.mode'?: 'json' | 'map';
  readonly 'include.unknown.datatypes'?: boolean;
}

/** What the MySQL and the MariaDB connector share: both read the binlog. */
export interface BinlogConnectorSettings extends RelationalConnectorSettings {
  /** Unique among the server's replicas and every other connector on it. */
  readonly 'database.server.id': number;
  readonly 'database.include.list'?: readonly string[];
  readonly 'time.precision.mode'?:
    'adaptive_time_microseconds' | 'connect' | 'isostring' | 'microseconds' | 'nanoseconds';
  readonly 'bigint.unsigned.handling.mode'?: 'long' | 'precise';
  readonly 'enable.time.adjuster'?: boolean;
  readonly 'include.schema.changes'?: boolean;
  readonly 'include.query'?: boolean;
  readonly 'snapshot.locking.mode'?: 'minimal' | 'minimal_percona' | 'extended' | 'none' | 'custom';
  readonly 'event.deserialization.failure.handling.mode'?: 'fail' | 'warn' | 'skip';
  readonly 'inconsistent.schema.handling.mode'?: 'fail' | 'warn' | 'skip';
  readonly 'gtid.source.includes'?: readonly string[];
  readonly 'gtid.source.excludes'?: readonly string[];
  readonly 'gtid.source.filter.dml.events'?: boolean;
  readonly 'connect.timeout.ms'?: number;
  readonly 'connect.keep.alive'?: boolean;
  /** The server is asked for a sign of life every 0.8 x this interval, whether or not `connect.keep.alive` is on. */
  readonly 'connect.keep.alive.interval.ms'?: number;
  readonly 'database.ssl.keystore'?: string;
  readonly 'database.ssl.keystore.password'?: string;
  readonly 'database.ssl.truststore'?: string;
  readonly 'database.ssl.truststore.password'?: string;
  readonly 'schema.history.internal.kafka.topic': string;
  readonly 'schema.history.internal.kafka.bootstrap.servers': readonly string[];
  readonly 'schema.history.internal.store.only.captured.tables.ddl'?: boolean;
  readonly 'schema.history.internal.store.only.captured.databases.ddl'?: boolean;
  readonly 'schema.history.internal.skip.unparseable.ddl'?: boolean;
  readonly 'schema.history.internal.kafka.recovery.poll.interval.ms'?: number;
  readonly 'schema.history.internal.kafka.query.timeout.ms'?: number;
  readonly [property: `schema.history.internal.producer.${string}`]: SettingValue | undefined;
  readonly [property: `schema.history.internal.consumer.${string}`]: SettingValue | undefined;
}

export interface MysqlConnectorSettings extends BinlogConnectorSettings {
  readonly 'database.ssl.mode'?: 'disabled' | 'preferred' | 'required' | 'verify_ca' | 'verify_identity';
}

export interface MariadbConnectorSettings extends BinlogConnectorSettings {
  readonly 'database.ssl.mode'?: 'disable' | 'trust' | 'verify-ca' | 'verify-full';
}
