import type { ProgressListener } from './progress.js';

/** What can be started; `mysql` is MariaDB or MySQL, by `mysqlFlavor`. */
export type StackComponent = 'kafka' | 'schemaRegistry' | 'connect' | 'postgres' | 'mysql';

export type MysqlFlavor = 'mariadb' | 'mysql8';

export type PostgresVersion = 16 | 17 | 18;

export const allStackComponents: readonly StackComponent[] = [
  'kafka',
  'schemaRegistry',
  'connect',
  'postgres',
  'mysql',
];

export interface StackOptions {
  /** Everything the engines write: rows, topics, schemas, logs, generated passwords. Created when absent. */
  dataDirectory: string;
  /** `usual`: 9092, 8083, 8081, 5432, 3306, the next free one when taken. `free`: any free ports, for tests. */
  ports: 'usual' | 'free';
  /** Default `mariadb`. */
  mysqlFlavor?: MysqlFlavor;
  /** Default 18. A data directory keeps one PostgreSQL per major version. */
  postgresVersion?: PostgresVersion;
  /** Default: all. `connect` brings `kafka` along. */
  components?: readonly StackComponent[];
  /** Remove what an earlier start left in `dataDirectory` first. */
  fresh?: boolean;
  /** Called for each step of a download or a start; see `createProgressReporter`. */
  onProgress?: ProgressListener;
  /** Added to, and overriding, the Kafka Connect worker's settings. */
  connectWorkerSettings?: Readonly<Record<string, string>>;
  /** Where ROWBRIDGE_CACHE, XDG_CACHE_HOME, JAVA_HOME, PATH are read. Default `process.env`. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Ends a start that is under way; what it had started is stopped. */
  abortSignal?: AbortSignal;
}

export interface DatabaseEndpoint {
  engine: 'postgresql' | 'mariadb' | 'mysql';
  /** Full version of the server, such as `18.4`. */
  version: string;
  host: string;
  port: number;
  /** The superuser, with the password generated for this data directory. */
  user: string;
  password: string;
  /** The database the url names. */
  database: string;
  /** `postgres://user:password@host:port/postgres` or `mysql://user:password@host:port/mysql`. */
  url: string;
}

export interface SchemaRegistryEndpoint {
  /** Root of the registry. */
  url: string;
  /** Confluent-compatible API, for consumers. */
  confluentUrl: string;
  /** API the Kafka Connect converter uses. */
  converterUrl: string;
}

/** A supervised server ended without being asked to. */
export interface ComponentExit {
  component: StackComponent;
  /** Exit status, or the signal that ended it. */
  status: number | null;
  signal: string | null;
  /** Milliseconds until it is started again. */
  restartInMs: number;
}

/** A supervised server answers again, on the same port and data. */
export interface ComponentRestart {
  component: StackComponent;
  /** How often it was restarted since the stack started. */
  restarts: number;
  /** Milliseconds between its end and its first answer. */
  downMs: number;
}

export interface StackEvents {
  exited: [ComponentExit];
  restarted: [ComponentRestart];
}

/**
 * A stack that answers. An endpoint of a component that was not asked for throws a StackError when read.
 */
export interface RunningStack {
  readonly dataDirectory: string;
  /** One log file per component lies here. */
  readonly logDirectory: string;
  readonly components: readonly StackComponent[];
  readonly kafka: { brokers: string[] };
  readonly connect: { url: string };
  readonly schemaRegistry: SchemaRegistryEndpoint;
  readonly databases: { readonly postgres: DatabaseEndpoint; readonly mysql: DatabaseEndpoint };
  /** `key.converter…` and `value.converter…` for a connector: Avro in the Confluent wire format. */
  readonly connectorConverterSettings: Readonly<Record<string, string>>;
  /** Seconds from the call of `startStack` until all components answered. */
  readonly startSeconds: number;
  /** Seconds each component needed from its spawn to its first answer. */
  readonly componentStartSeconds: Readonly<Partial<Record<StackComponent, number>>>;
  /** Stops everything in the order that loses nothing; safe to call twice. */
  stop(): Promise<void>;
  /** Stops one component cleanly and starts it again on the same port and data; resolves when it answers. */
  restart(component: StackComponent): Promise<void>;
  /** Sends a signal to the server process itself; SIGKILL unless told. For fault tests. */
  kill(component: StackComponent, signal?: NodeJS.Signals): void;
  /** Process id of the server itself; undefined while it is down. */
  processId(component: StackComponent): number | undefined;
  on<Name extends keyof StackEvents>(name: Name, listener: (...event: StackEvents[Name]) => void): void;
}
