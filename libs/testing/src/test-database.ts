import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { sharedEngineUrl, type SharedEngine } from './shared-engines.js';

export interface TestDatabaseOptions {
  /** Superuser url of another server than the shared one. */
  serverUrl?: string;
  /** PostgreSQL only: an existing database without sessions to clone, in place of an empty one. */
  template?: string;
}

/** A database of one test alone. */
export interface TestDatabase {
  name: string;
  /** Superuser url of this database. */
  url: string;
  /** Runs statements without parameters, several at once on PostgreSQL; for set-up and checks. */
  run(statement: string): Promise<Record<string, unknown>[]>;
  /** Ends its sessions, drops its replication slots and itself. */
  drop(): Promise<void>;
}

/** Creates a fresh database under a name of its own on the shared server of that kind. */
export async function createDatabase(
  engine: SharedEngine,
  options: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const serverUrl = options.serverUrl ?? sharedEngineUrl(engine);
  const name = `test_${process.env['JEST_WORKER_ID'] ?? '0'}_${randomBytes(6).toString('hex')}`;
  const url = withDatabase(serverUrl, name);
  if (engine === 'postgres') {
    const source = options.template === undefined ? '' : ` TEMPLATE "${options.template}"`;
    await runOnPostgres(serverUrl, `CREATE DATABASE "${name}"${source}`);
    return {
      name,
      url,
      run: (statement) => runOnPostgres(url, statement),
      drop: () => dropPostgres(serverUrl, name),
    };
  }
  await runOnMysql(serverUrl, `CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  return {
    name,
    url,
    run: (statement) => runOnMysql(url, statement),
    drop: async () => {
      await runOnMysql(serverUrl, `DROP DATABASE IF EXISTS \`${name}\``);
    },
  };
}

async function dropPostgres(serverUrl: string, name: string): Promise<void> {
  await runOnPostgres(
    serverUrl,
    `SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE database = '${name}' AND active;
     SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '${name}' AND NOT active`,
  );
  await runOnPostgres(serverUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
}

async function runOnPostgres(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const answers: pg.QueryResult | pg.QueryResult[] = await client.query(statement);
    return (Array.isArray(answers) ? answers : [answers]).at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

async function runOnMysql(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true, timezone: 'Z' });
  try {
    const [answer] = await connection.query(statement);
    return Array.isArray(answer) ? (answer as Record<string, unknown>[]) : [];
  } finally {
    await connection.end();
  }
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.toString();
}
