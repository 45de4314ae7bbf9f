import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMysqlPool,
  createPostgresPool,
  type MysqlPool,
  type PostgresPool,
} from '@rowbridge/database-access';
import { mysql8UnavailableBecause, startStack, type RunningStack } from '@rowbridge/embedded-stack';
import { waitFor } from '@rowbridge/testing';
import { describeUnless } from '../deploy/skip-where-missing.js';
import { ComposeSteps, type ComposedService } from './compose-steps-harness.js';

const directions = ['legacy-to-revamp', 'revamp-to-legacy'];

describeUnless(mysql8UnavailableBecause(), 'the steps of docker-compose.yml, without Docker', () => {
  let folder: string;
  let stack: RunningStack;
  let steps: ComposeSteps;
  let legacy: PostgresPool;
  let revamp: MysqlPool;
  const services = new Map<string, ComposedService>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rowbridge-compose-'));
    // Database servers drop to an unprivileged user when the tests run as root; they must be able to pass through.
    chmodSync(folder, 0o755);
    stack = await startStack({
      dataDirectory: join(folder, 'engines'),
      ports: 'free',
      mysqlFlavor: 'mysql8',
    });
    steps = new ComposeSteps(stack, folder);
  });

  afterAll(async () => {
    await Promise.all([...services.values()].map((service) => service.stop()));
    await Promise.all([legacy?.end(), revamp?.end()]);
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Pools of the applications, with the passwords the step "secrets" has made. */
  function connectApplications(): void {
    const { postgres, mysql } = stack.databases;
    const account = (side: string): string =>
      `${side}_application:${steps.secret(`${side}-application-password`)}`;
    legacy = createPostgresPool({
      url: `postgres://${account('legacy')}@${postgres.host}:${postgres.port}/legacy_db`,
    });
    revamp = createMysqlPool({ url: `mysql://${account('revamp')}@${mysql.host}:${mysql.port}/revamp_db` });
  }

  async function expectRowsToCross(name: string): Promise<void> {
    await legacy.query('insert into legacy_users (username, email) values ($1, $2)', [
      name,
      `${name}@legacy.test`,
    ]);
    await revamp.query('insert into revamp_users (user_name, email_address) values (?, ?)', [
      name,
      `${name}@revamp.test`,
    ]);
    const hasCrossed = async (): Promise<boolean> => {
      const there = await revamp.query('select 1 from revamp_users where email_address = ?', [
        `${name}@legacy.test`,
      ]);
      const here = await legacy.query('select 1 from legacy_users where email = $1', [`${name}@revamp.test`]);
      return (there[0] as unknown[]).length === 1 && here.rowCount === 1;
    };
    await waitFor(hasCrossed, { what: `${name} to cross both ways`, deadlineMs: 60_000, intervalMs: 200 });
  }

  test('secrets: makes each password once and keeps it', async () => {
    expect(await steps.provision('secrets')).toMatchObject({ status: 0 });
    const names = ['legacy-sync-password', 'revamp-capture-password', 'api-token', 'mysql-admin-password'];
    const made = names.map((name) => steps.secret(name));
    expect(new Set(made).size).toBe(names.length);
    expect(await steps.provision('secrets')).toMatchObject({ status: 0 });
    expect(names.map((name) => steps.secret(name))).toEqual(made);
    expect(made.at(-1)).toBe(stack.databases.mysql.password);
  });

  test('system: ends well, and again at once, while the connectors it has started read their first snapshots', async () => {
    for (const time of ['first', 'second', 'third']) {
      const end = await steps.provision('system');
      expect({ time, ...end }).toEqual({ time, status: 0, output: 'provision system: done\n' });
    }
  });

  test('services: started as their images start them they become healthy, and rows cross both ways', async () => {
    for (const name of [...directions, 'control-api']) services.set(name, await steps.startService(name));
    for (const service of services.values()) expect(await service.checkHealth()).toBe(0);
    const api = services.get('control-api')?.url;
    const authorization = `Bearer ${steps.secret('api-token')}`;
    const answer = await fetch(`${api}/api/v1/directions`, { headers: { authorization } });
    expect(answer.status).toBe(200);
    connectApplications();
    await expectRowsToCross('one');
  });

  test('system: ends well beside running services and a snapshot that is not done, and rows go on crossing', async () => {
    const admin = createMysqlPool({ url: stack.databases.mysql.url, maxOpen: 1 });
    const snapshot = await admin.getConnection();
    try {
      // As a connector does; from the list of tables on, the server holds both databases until the transaction ends.
      await snapshot.query('start transaction with consistent snapshot');
      for (const table of ['rowbridge.heartbeat', 'revamp_db.revamp_users']) {
        await snapshot.query(`show full tables in ${table.split('.')[0]}`);
        await snapshot.query(`show create table ${table}`);
        await snapshot.query(`select * from ${table}`);
      }
      expect(await steps.provision('system')).toEqual({ status: 0, output: 'provision system: done\n' });
      await expectRowsToCross('two');
    } finally {
      snapshot.destroy();
      await admin.end();
    }
  });

  test('each service ends with 0 when its container is stopped, and its health check then fails', async () => {
    for (const [name, service] of services) {
      const { status } = await service.stop();
      expect([name, status, await service.checkHealth()]).toEqual([name, 0, 1]);
    }
    services.clear();
  });
});
