import type { ConnectorConfiguration } from 'debezium-connect-client';

/** One Debezium connector: what Kafka Connect is told, and the topics it writes. */
export interface ConnectorDeclaration {
  readonly name: string;
  readonly engine: 'postgres' | 'mysql' | 'mariadb';
  readonly topicPrefix: string;
  /** Schema (PostgreSQL) or database (MySQL) of the tables. */
  readonly schema: string;
  readonly tables: readonly string[];
  readonly configuration: ConnectorConfiguration;
}

export interface DatabaseEndpoint {
  readonly host: string;
  readonly port: number;
  /** The database's name. */
  readonly database: string;
  /** The capture user. */
  readonly user: string;
  readonly password: string;
}

/** What every connector of a system is given by whoever deploys it. */
export interface ConnectorParameters {
  readonly database: DatabaseEndpoint;
  readonly brokers: readonly string[];
  /** `key.converter…` and `value.converter…`; none where the Kafka Connect worker has them. */
  readonly converterSettings?: Readonly<Record<string, string>>;
  /** Rows an incremental snapshot reads at a time; more is faster and takes more memory. Default 4,096. */
  readonly snapshotChunkRows?: number;
  /** TLS settings of the connector, and whatever a deployment must set; they win over ours. */
  readonly additionalSettings?: Readonly<Record<string, string>>;
}
