import { createConnection } from 'mysql2/promise';
import pg from 'pg';

/** Runs statements one after another on one connection, as an application does; answers the last one's rows. */
export async function runOn(
  family: 'postgres' | 'mysql',
  url: string,
  statements: readonly string[],
): Promise<Record<string, unknown>[]> {
  return family === 'postgres' ? runOnPostgres(url, statements) : runOnMysql(url, statements);
}

async function runOnPostgres(url: string, statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) {
      const answers: pg.QueryResult | pg.QueryResult[] = await client.query(statement);
      rows = (Array.isArray(answers) ? answers : [answers]).at(-1)?.rows ?? [];
    }
    return rows;
  } finally {
    await client.end();
  }
}

async function runOnMysql(url: string, statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const connection = await createConnection({
    uri: url,
    multipleStatements: true,
    timezone: 'Z',
    charset: 'UTF8MB4_BIN',
  });
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) {
      const [answer] = await connection.query(statement);
      rows = Array.isArray(answer) ? (answer as Record<string, unknown>[]) : [];
    }
    return rows;
  } finally {
    await connection.end();
  }
}
