import { createPool } from 'mysql2/promise';
import type { Pool as MysqlPool, PoolConnection as MysqlConnection, PoolOptions } from 'mysql2/promise';
import pg from 'pg';
import { classifyMysqlError, classifyPostgresError } from '@rowbridge/errors';
import {
  mysqlTls,
  nameRefusedServer,
  postgresTls,
  serverAddressOf,
  type ServerAddress,
  type ServerTls,
} from './server-tls.js';

export type { MysqlConnection, MysqlPool };
export type PostgresPool = pg.Pool;
export type PostgresConnection = pg.PoolClient;

export interface PoolSettings {
  /** `postgres://user:password@host:port/database` or `mysql://…`. */
  readonly url: string;
  /** The connection is encrypted and the server verified, or there is none. Plain text without it. */
  readonly tls?: ServerTls;
  /** Most connections open at once. Default 10. */
  readonly maxOpen?: number;
  /** Most connections kept while idle (MySQL only: PostgreSQL's pool closes by time alone). Default `maxOpen`. */
  readonly maxIdle?: number;
  /** An idle connection is closed after this many milliseconds. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /** A connection is replaced after this many seconds (PostgreSQL only). Default 1,800. */
  readonly lifetimeSeconds?: number;
  /** Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** The server ends a statement after this long: PostgreSQL and MariaDB any, MySQL reads only. Default 60,000. */
  readonly statementTimeoutMs?: number;
  /** The server gives up waiting for a row's or a table's lock after this long; whole seconds on MySQL. Default 30,000. */
  readonly lockTimeoutMs?: number;
  /** Shown in the server's list of sessions. Default `rowbridge`. */
  readonly applicationName?: string;
  /**
   * For pools whose statements look rows up by key (PostgreSQL only): plans go by index and row by row, whatever the
   * statistics say or do not say yet. Otherwise a batch of some hundred keys reads a table of any size whole.
   */
  readonly looksUpByKey?: boolean;
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

const planByIndex = [
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'max_parallel_workers_per_gather=0',
  'random_page_cost=1.1',
  'jit=off',
].map((setting) => `-c ${setting}`);

const asText = (): ((text: string) => string) => (text) => text;

/**
 * A pool whose every value arrives as the text the server prints (null for null), in UTC, ISO dates, ISO 8601
 * intervals, hexadecimal bytea and shortest exact floats, READ COMMITTED. A table whose rows row security would hide is
 * refused, never shown in part. For rows as arrays pass `rowMode: 'array'`.
 */
export function createPostgresPool(settings: PoolSettings): PostgresPool {
  const statementTimeoutMs = settings.statementTimeoutMs ?? 60_000;
  const pool = new pg.Pool({
    connectionString: settings.url,
    ...(settings.tls && {
      ssl: postgresTls(settings.url, settings.tls),
      Client: clientNaming(serverAddressOf(settings.url)),
    }),
    max: settings.maxOpen ?? 10,
    idleTimeoutMillis: settings.idleTimeoutMs ?? 60_000,
    maxLifetimeSeconds: settings.lifetimeSeconds ?? 1_800,
    connectionTimeoutMillis: settings.connectTimeoutMs ?? 10_000,
    // The server's own limit comes first; this one ends waiting on a connection that has gone silent.
    query_timeout: statementTimeoutMs + 5_000,
    statement_timeout: statementTimeoutMs,
    lock_timeout: settings.lockTimeoutMs ?? 30_000,
    keepAlive: true,
    application_name: settings.applicationName ?? 'rowbridge',
    types: { getTypeParser: asText },
    options: [
      '-c TimeZone=UTC',
      '-c DateStyle=ISO,YMD',
      '-c IntervalStyle=iso_8601',
      '-c bytea_output=hex',
      '-c extra_float_digits=1',
      '-c default_transaction_isolation=read\\ committed',
      // Where row security would hide rows, the server refuses the statement: a hidden row is not a deleted one.
      '-c row_security=off',
      // A plan kept from when a table was empty would scan it whole for every row of a batch once it has grown.
      '-c plan_cache_mode=force_custom_plan',
      ...(settings.looksUpByKey ? planByIndex : []),
    ].join(' '),
  });
  pool.on('error', (error) => settings.onIdleError?.(error));
  return pool;
}

/** A client, for a pool alone, whose refusal of a server says which one. */
function clientNaming(server: ServerAddress): typeof pg.Client {
  return class extends pg.Client {
    constructor(configuration?: string | pg.ClientConfig) {
      super(configuration);
      const connect = this.connect.bind(this) as ConnectOfPool;
      const namingConnect: ConnectOfPool = (callback) =>
        connect((error, client) => {
          const refused = error && classifyPostgresError(error) === 'certificate_refused';
          callback(refused ? nameRefusedServer(error, server) : error, client);
        });
      this.connect = namingConnect as typeof this.connect;
    }
  };
}

/** The form that a pool calls. */
type ConnectOfPool = (callback: (error: Error | null, client: pg.Client) => void) => void;

/** Zero stays zero in generated keys, and nothing is clamped, cut or replaced on its way in. */
const mysqlSqlMode = [
  'STRICT_ALL_TABLES',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_AUTO_VALUE_ON_ZERO',
  'NO_ENGINE_SUBSTITUTION',
  'NO_ZERO_DATE',
  'NO_ZERO_IN_DATE',
].join(',');

/**
 * A pool for MySQL and MariaDB whose every value arrives as the text the server prints, or as a Buffer for binary types
 * (binary, blob, bit, geometry, vector); null for null. UTC, strict, READ COMMITTED, utf8mb4, no local infile.
 * Holds for `query`; `execute` uses the binary protocol, whose values have no text form. For rows as arrays pass
 * `rowsAsArray: true`.
 */
export function createMysqlPool(settings: PoolSettings): MysqlPool {
  const pool = createPool({
    uri: settings.url,
    ...(settings.tls && mysqlTls(settings.url, settings.tls)),
    connectionLimit: settings.maxOpen ?? 10,
    maxIdle: settings.maxIdle ?? settings.maxOpen ?? 10,
    idleTimeout: settings.idleTimeoutMs ?? 60_000,
    connectTimeout: settings.connectTimeoutMs ?? 10_000,
    enableKeepAlive: true,
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    multipleStatements: false,
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: settings.applicationName ?? 'rowbridge' },
    typeCast: mysqlText,
    // Failures name their operation and table; a stack kept for every statement costs more than many a statement.
    trace: false,
  });
  if (settings.tls) nameRefusals(pool, serverAddressOf(settings.url));
  // Queued on the new connection before any statement of whoever asked for it.
  pool.pool.on('connection', (connection) => {
    for (const statement of mysqlSessionStatements(settings)) {
      connection.query(statement, (error: Error | null) => {
        if (error === null) return;
        settings.onIdleError?.(error);
        connection.destroy();
      });
    }
  });
  return pool;
}

/** Refusals of the server say which one. */
function nameRefusals({ pool }: MysqlPool, server: ServerAddress): void {
  const getConnection = pool.getConnection.bind(pool);
  pool.getConnection = (callback) =>
    getConnection((error, connection) => {
      const refused = error !== null && classifyMysqlError(error) === 'certificate_refused';
      callback(refused ? nameRefusedServer(error, server) : error, connection);
    });
}

function mysqlSessionStatements(settings: PoolSettings): string[] {
  const statementTimeoutMs = settings.statementTimeoutMs ?? 60_000;
  const lockSeconds = Math.max(1, Math.ceil((settings.lockTimeoutMs ?? 30_000) / 1_000));
  // Each server runs its own half of the comments: max_execution_time is MySQL's, max_statement_time MariaDB's.
  return [
    `set session time_zone = '+00:00', sql_mode = '${mysqlSqlMode}'` +
      `, innodb_lock_wait_timeout = ${lockSeconds}, lock_wait_timeout = ${lockSeconds}` +
      ` /*!80000 , max_execution_time = ${statementTimeoutMs} */` +
      ` /*M! , max_statement_time = ${statementTimeoutMs / 1_000} */`,
    'set session transaction isolation level read committed',
  ];
}

type MysqlTypeCast = Exclude<PoolOptions['typeCast'], boolean | undefined>;

const mysqlText: MysqlTypeCast = (field, next) => {
  switch (field.type) {
    case 'BIT':
    case 'GEOMETRY':
    case 'VECTOR':
      return field.buffer();
    case 'JSON':
      return field.string('utf8');
    case 'VARCHAR':
    case 'VAR_STRING':
    case 'STRING':
    case 'ENUM':
    case 'SET':
    case 'TINY_BLOB':
    case 'MEDIUM_BLOB':
    case 'LONG_BLOB':
    case 'BLOB':
      // The driver tells text from bytes by the column's character set, which it keeps to itself.
      return field.extendedFormat === 'json' ? field.string('utf8') : next();
    default:
      return field.string('ascii');
  }
};
