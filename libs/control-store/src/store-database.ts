import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Kysely, MysqlDialect, PostgresDialect, sql } from 'kysely';
import type { Dialect, Transaction } from 'kysely';
import { createPool } from 'mysql2';
import pg from 'pg';
import { mysqlTls, postgresTls, type ServerTls } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import { openSqliteDialect } from './sqlite-store-dialect.js';
import type { StoreEngine } from './store-engine.js';
import { storeFault } from './store-fault.js';
import type { StoreTables } from './store-tables.js';

/** Either the database itself or a transaction of it. */
export type StoreConnection = Kysely<StoreTables>;

/** The store's database: every use goes through it, so that every failure has a name. */
export class StoreDatabase {
  constructor(
    readonly engine: StoreEngine,
    readonly kysely: Kysely<StoreTables>,
  ) {}

  /**
   * Work finding SQLite's file locked by another process is done anew, which is right for one statement and for one
   * transaction: those write nothing when they are refused. SQLite answers on this thread: whoever asks it again and
   * again lets the rest of the process have its turn before each.
   * @param doing what is under way, for the message: `listing sync runs`
   * @throws RowbridgeError `control_store_unavailable` while the database does not answer, `internal_error`
   */
  async run<Answer>(doing: string, work: (connection: StoreConnection) => Promise<Answer>): Promise<Answer> {
    const deadline = performance.now() + longestWaitMs;
    for (;;) {
      try {
        if (this.engine === 'sqlite') await nextTurn();
        return await work(this.kysely);
      } catch (error) {
        if (!isLocked(error) || performance.now() > deadline) {
          throw storeFault({ engine: this.engine, doing }, error);
        }
        await delay(lockPollMs);
      }
    }
  }

  /**
   * All of the work or none of it, each statement seeing what others have committed. Work that met a deadlock is done
   * anew. Throws as {@link run} does.
   */
  async transact<Answer>(
    doing: string,
    work: (transaction: Transaction<StoreTables>) => Promise<Answer>,
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.run(doing, (connection) =>
          connection.transaction().setIsolationLevel('read committed').execute(work),
        );
      } catch (error) {
        const deadlocked = error instanceof RowbridgeError && error.details['fault'] === 'deadlock';
        if (!deadlocked || attempt === mostAttempts) throw error;
      }
    }
  }

  async ping(): Promise<void> {
    await this.run('asking whether it answers', (connection) => sql`select 1`.execute(connection));
  }

  async close(): Promise<void> {
    await this.kysely.destroy();
  }
}

const mostAttempts = 5;
const longestWaitMs = 10_000;
const lockPollMs = 5;

/** SQLite's answer while another connection writes (sqlite.org/rescode.html#busy). */
function isLocked(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && /^SQLITE_(BUSY|LOCKED)/.test(code);
}

const connectTimeoutMs = 3_000;
const mostConnections = 8;

/**
 * @param url `sqlite:<path>`, `sqlite::memory:`, `postgres://…` or `mysql://…`
 * @param tls what the server is verified by; plain text without it
 * @throws RowbridgeError `invalid_configuration`, `control_store_unavailable`
 */
export function openStoreDatabase(url: string, tls?: ServerTls): StoreDatabase {
  const [engine, dialect] = dialectOf(url, tls);
  return new StoreDatabase(engine, new Kysely<StoreTables>({ dialect }));
}

function dialectOf(url: string, tls: ServerTls | undefined): [StoreEngine, Dialect] {
  const scheme = /^([a-z]+):/.exec(url)?.[1];
  switch (scheme) {
    case 'sqlite':
      if (tls) throw fileHasNoTls();
      try {
        return ['sqlite', openSqliteDialect(url.slice('sqlite:'.length))];
      } catch (error) {
        throw storeFault({ engine: 'sqlite', doing: 'opening it' }, error);
      }
    case 'postgres':
    case 'postgresql':
      return ['postgres', new PostgresDialect({ pool: postgresPool(url, tls) })];
    case 'mysql':
    case 'mariadb':
      return ['mysql', new MysqlDialect({ pool: mysqlPool(url.replace(/^mariadb:/, 'mysql:'), tls) })];
    default:
      throw new RowbridgeError(
        'invalid_configuration',
        'the address of the control store is not understood',
        {
          details: { scheme: scheme ?? 'none', allowed: 'sqlite:, postgres://, mysql://' },
        },
      );
  }
}

function fileHasNoTls(): RowbridgeError {
  return new RowbridgeError('invalid_configuration', 'A control store in a file has no server to verify', {
    details: { key: 'controlStore.tls.enabled' },
    whatToDo: 'Set controlStore.tls.enabled to false, or controlStore.url to a PostgreSQL or MySQL server.',
  });
}

/** Times and offsets are far below 2^53: 64-bit integers arrive as numbers. */
function postgresPool(url: string, tls: ServerTls | undefined): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    ...(tls && { ssl: postgresTls(url, tls) }),
    max: mostConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format as 'text') as never),
    } as pg.CustomTypesConfig,
  });
  // A connection that dies while it rests is replaced at the next use, which reports whatever still fails then.
  pool.on('error', () => undefined);
  return pool;
}

function mysqlPool(url: string, tls: ServerTls | undefined): ReturnType<typeof createPool> {
  return createPool({
    uri: url,
    ...(tls && mysqlTls(url, tls)),
    connectionLimit: mostConnections,
    connectTimeout: connectTimeoutMs,
    charset: 'utf8mb4_bin',
    timezone: 'Z',
  });
}
