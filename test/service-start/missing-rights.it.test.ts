import { randomBytes } from 'node:crypto';
import { legacyCapture, revampCapture } from '@rowbridge/connectors';
import { provisionMysql, provisionPostgres } from '@rowbridge/database-access';
import { createDatabase, describeWithEngines, sharedEngineUrl, type TestDatabase } from '@rowbridge/testing';
import { databaseVariables, runService } from './run-service.js';

const run = randomBytes(4).toString('hex');
const user = (purpose: string) => ({ name: `${purpose}_${run}`, password: `${purpose}-secret-${run}` });
const users = { captureUser: user('capture'), syncUser: user('sync') };
const sync = users.syncUser;
/** The pair names it. */
const revampDatabase = 'revamp_db';

function urlAs(url: string, database: string): string {
  const own = new URL(url);
  [own.username, own.password, own.pathname] = [sync.name, sync.password, `/${database}`];
  return own.toString();
}

describeWithEngines('a direction whose user lacks rights', () => {
  let legacy: TestDatabase;
  let server: TestDatabase;
  let environment: Record<string, string>;

  beforeAll(async () => {
    legacy = await createDatabase('postgres');
    server = await createDatabase('mariadb');
    await provisionPostgres({
      adminUrl: sharedEngineUrl('postgres'),
      database: legacy.name,
      schema: legacyCapture.schema,
      tables: legacyCapture.tables,
      schemaFolders: ['legacy/postgres'],
      publication: legacyCapture.publication,
      ...users,
    });
    await provisionMysql({
      adminUrl: sharedEngineUrl('mariadb'),
      database: revampDatabase,
      tables: revampCapture.tables,
      schemaFolders: ['revamp/{engine}'],
      ...users,
    });
    environment = {
      ...databaseVariables('DB_LEGACY', urlAs(sharedEngineUrl('postgres'), legacy.name)),
      ...databaseVariables('DB_REVAMP', urlAs(sharedEngineUrl('mariadb'), revampDatabase)),
      KAFKA_BROKERS: '127.0.0.1:1',
      SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
      CONNECT_URL: 'http://127.0.0.1:1',
      ROWBRIDGE_START_TIMEOUT_MS: '1000',
    };
  });

  afterAll(async () => {
    await server?.run(`drop database ${revampDatabase}`);
    await server?.drop();
    await legacy?.drop();
  });

  test('is not held up where it has those that provisioning gives: it ends with 3 for want of Kafka', async () => {
    const { status, message } = await runService(environment);
    expect([status, message]).toEqual([3, expect.stringContaining('127.0.0.1:1')]);
    expect(message).not.toContain('rights');
  });

  test('ends with 2 and names each right it lacks in PostgreSQL', async () => {
    await legacy.run(`revoke select on legacy_posts, rowbridge.entity_mappings from ${sync.name};
      alter table rowbridge.entity_mappings owner to postgres`);
    try {
      const { status, message, output } = await runService(environment);
      expect(status).toBe(2);
      expect(message).toContain(`The user ${sync.name} lacks rights it needs`);
      expect(message).toContain('select on "public"."legacy_posts"; select on "rowbridge"."entity_mappings"');
      expect(message).toMatch(/grant them .*then start again/);
      expect(output).not.toContain(sync.password);
      expect(output).not.toContain('    at ');
    } finally {
      await legacy.run(`grant select on legacy_posts, rowbridge.entity_mappings to ${sync.name}`);
    }
  });

  test.each([
    [
      'tables of the application',
      `insert, delete on ${revampDatabase}.revamp_users`,
      /insert on `revamp_db`\.`revamp_users`; delete on `revamp_db`\.`revamp_users`\)/,
    ],
    ['its own books', 'all privileges on rowbridge.*', /update on `rowbridge`\.`applied_offsets`/],
    ['the log', 'binlog monitor on *.*', /replication client on \*\.\* \(binlog monitor/],
  ])('ends with 2 and names each right it lacks on %s in MariaDB', async (_where, rights, named) => {
    await server.run(`revoke ${rights} from ${sync.name}@'%'`);
    try {
      const { status, message, output } = await runService(environment);
      expect(status).toBe(2);
      expect(message).toContain(`The user ${sync.name} lacks rights it needs`);
      expect(message).toMatch(named);
      expect(output).not.toContain(sync.password);
    } finally {
      await server.run(`grant ${rights} to ${sync.name}@'%'`);
    }
  });
});
