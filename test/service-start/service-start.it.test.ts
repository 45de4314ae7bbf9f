import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createPostgresPool, readSchemaFiles } from '@rowbridge/database-access';
import { createDatabase, describeWithEngines, sharedEngineUrl, type TestDatabase } from '@rowbridge/testing';
import { migratePostgres } from '@rowbridge/writer-postgres';
import { databaseVariables, runService } from './run-service.js';

const password = 'correct-horse-battery-staple';

/** A port of this machine that nothing listens on. */
async function unusedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

describeWithEngines('a direction that must not start', () => {
  let legacy: TestDatabase;
  let environment: Record<string, string>;

  beforeEach(async () => {
    legacy = await createDatabase('postgres');
    const pool = createPostgresPool({ url: legacy.url, maxOpen: 1 });
    const connection = await pool.connect();
    await migratePostgres(connection);
    connection.release();
    await pool.end();
    for (const { sql } of await readSchemaFiles('legacy/postgres')) await legacy.run(sql);
    environment = {
      ...databaseVariables('DB_LEGACY', legacy.url),
      ...databaseVariables('DB_REVAMP', sharedEngineUrl('mariadb')),
      KAFKA_BROKERS: `127.0.0.1:${await unusedPort()}`,
      SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
      CONNECT_URL: 'http://127.0.0.1:1',
    };
  });

  afterEach(() => legacy.drop());

  test.each([
    ['PostgreSQL', 'DB_LEGACY_PASSWORD'],
    ['MariaDB', 'DB_REVAMP_PASSWORD'],
  ])('ends with 3 at once when %s refuses its password, which it never prints', async (_engine, variable) => {
    const end = await runService({ ...environment, [variable]: password });
    expect(end.status).toBe(3);
    expect(end.seconds).toBeLessThan(15);
    expect(end.message).toContain('Correct the user or the password in the configuration.');
    expect(end.output).not.toContain(password);
    expect(end.output).not.toContain('    at ');
  });

  test('ends with 2 and names the table, the column and what there is when the mapping names no such column', async () => {
    await legacy.run('alter table legacy_users drop column phone_number');
    const { status, message } = await runService(environment);
    expect(status).toBe(2);
    expect(message).toMatch(/public\.legacy_users has no column "phone_number"; it has .*full_name/);
    expect(message).toContain('start again');
  });

  test('ends with 2 and says which key to add when a table has no primary key', async () => {
    await legacy.run('alter table legacy_likes drop constraint legacy_likes_pkey');
    const { status, message } = await runService(environment);
    expect(status).toBe(2);
    expect(message).toMatch(/public\.legacy_likes has no primary key.*Add a primary key on \(id\)\./);
  });

  test('ends with 2 and names key and variable of everything its configuration lacks', async () => {
    const { DB_LEGACY_PASSWORD: _password, KAFKA_BROKERS: _brokers, ...rest } = environment;
    const { status, message, output } = await runService({ ...rest, DB_REVAMP_PORT: 'many' });
    expect(status).toBe(2);
    expect(message).toMatch(/DB_LEGACY_PASSWORD.*source\.password: is required and missing/);
    expect(message).toMatch(/KAFKA_BROKERS.*kafka\.brokers: is required and missing/);
    expect(message).toMatch(
      /DB_REVAMP_PORT: target\.port: found "many"; allowed: whole number from 1 to 65535/,
    );
    expect(output).not.toContain('    at ');
  });

  test('tries again for as long as it was told when a database does not answer, then ends with 3', async () => {
    const { status, seconds, message, output } = await runService({
      ...environment,
      DB_REVAMP_PORT: await unusedPort(),
      ROWBRIDGE_START_TIMEOUT_MS: '3000',
    });
    expect(status).toBe(3);
    expect(seconds).toBeGreaterThan(2);
    expect(message).toMatch(/ECONNREFUSED.*Check that the database runs and can be reached/s);
    expect(output.match(/"errorCode":"connection_lost"/g)?.length).toBeGreaterThanOrEqual(2);
  });
});
