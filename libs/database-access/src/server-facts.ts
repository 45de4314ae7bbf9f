import type { RowDataPacket } from 'mysql2';
import { fromMysqlError } from '@rowbridge/errors';
import { createMysqlPool, createPostgresPool, type PoolSettings } from './connection.js';
import { runOnPostgres } from './statements/postgres-statement.js';

export interface ServerFacts {
  readonly engine: 'postgres' | 'mysql' | 'mariadb';
  /** As the server prints it. */
  readonly version: string;
  /** Its log tells a sync session's writes from an application's: PostgreSQL since 16, MariaDB; not MySQL. */
  readonly hasLogOrigin: boolean;
}

const firstPostgresWithOriginFilter = 160_000;

/**
 * What kind of server answers.
 * @throws RowbridgeError `wrong_password`, connection faults
 */
export async function readServerFacts(settings: PoolSettings): Promise<ServerFacts> {
  return settings.url.startsWith('mysql:') ? readMysqlFacts(settings) : readPostgresFacts(settings);
}

async function readPostgresFacts(settings: PoolSettings): Promise<ServerFacts> {
  const pool = createPostgresPool({ ...settings, maxOpen: 1 });
  try {
    const text = "select current_setting('server_version_num'), current_setting('server_version')";
    const { rows } = await runOnPostgres(pool)({ text, operation: 'read_server_version' });
    const [number, version] = rows[0] ?? [];
    const hasLogOrigin = Number(number) >= firstPostgresWithOriginFilter;
    return { engine: 'postgres', version: version ?? '', hasLogOrigin };
  } finally {
    await pool.end();
  }
}

async function readMysqlFacts(settings: PoolSettings): Promise<ServerFacts> {
  const pool = createMysqlPool({ ...settings, maxOpen: 1 });
  try {
    const [rows] = await pool.query<RowDataPacket[][]>({ sql: 'select version()', rowsAsArray: true });
    const version = String(rows[0]?.[0] ?? '');
    const isMariadb = /mariadb/i.test(version);
    return { engine: isMariadb ? 'mariadb' : 'mysql', version, hasLogOrigin: isMariadb };
  } catch (error) {
    throw fromMysqlError(error, {
      problem: 'the server did not tell its version',
      details: { operation: 'read_server_version' },
    });
  } finally {
    await pool.end();
  }
}
