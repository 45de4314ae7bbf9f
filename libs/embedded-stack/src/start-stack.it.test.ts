import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { identifyProcess, isAlive, type ProcessIdentity } from './processes/process-identity.js';
import { poll } from './processes/poll.js';
import { mysql8UnavailableBecause } from './mysql8-availability.js';
import type { ComponentExit, ComponentRestart, DatabaseEndpoint, RunningStack } from './stack-types.js';
import { startStack } from './start-stack.js';

const launcherScript = join(__dirname, 'run-stack.ts');
let dataDirectory: string;
let stack: RunningStack | undefined;

beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'rowbridge-stack-test-'));
});

afterEach(async () => {
  await stack?.stop();
  stack = undefined;
  rmSync(dataDirectory, { recursive: true, force: true });
});

async function queryPostgres(
  endpoint: DatabaseEndpoint,
  statement: string,
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: endpoint.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function queryMysql(endpoint: DatabaseEndpoint, statement: string): Promise<Record<string, unknown>[]> {
  const connection = await mysql.createConnection(endpoint.url);
  try {
    const [rows] = await connection.query(statement);
    return rows as Record<string, unknown>[];
  } finally {
    await connection.end();
  }
}

function identityOf(processId: number | undefined): ProcessIdentity {
  const identity = processId === undefined ? undefined : identifyProcess(processId);
  if (identity === undefined) throw new Error(`no process ${processId}`);
  return identity;
}

describe('a stack of PostgreSQL and MariaDB', () => {
  test('is set up for capture, durable, in UTC, and open to its generated passwords alone', async () => {
    stack = await startStack({ dataDirectory, ports: 'free', components: ['postgres', 'mysql'] });
    const { postgres, mysql: mariadb } = stack.databases;
    const settings = await queryPostgres(
      postgres,
      `select name, setting from pg_settings where name in ('wal_level', 'fsync', 'synchronous_commit', 'listen_addresses',
       'track_commit_timestamp', 'max_active_replication_origins', 'server_version', 'TimeZone') order by name`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: 'on',
      listen_addresses: '127.0.0.1',
      max_active_replication_origins: '50',
      server_version: postgres.version,
      synchronous_commit: 'on',
      TimeZone: 'UTC',
      track_commit_timestamp: 'on',
      wal_level: 'logical',
    });
    const [variables] = await queryMysql(
      mariadb,
      `select @@binlog_format as format, @@binlog_row_image as image, @@binlog_row_metadata as metadata, @@log_bin as log,
       @@sync_binlog as sync, @@innodb_flush_log_at_trx_commit as flush, @@gtid_strict_mode as gtid, @@time_zone as zone,
       @@bind_address as address, @@character_set_server as charset`,
    );
    expect(variables).toEqual({
      ...{ format: 'ROW', image: 'FULL', metadata: 'FULL', log: 1, sync: 1, flush: 1, gtid: 1 },
      ...{ zone: '+00:00', address: '127.0.0.1', charset: 'utf8mb4' },
    });
    await expect(
      queryPostgres({ ...postgres, url: withPassword(postgres, 'wrong') }, 'select 1'),
    ).rejects.toThrow(/password/);
    await expect(queryMysql({ ...mariadb, url: withPassword(mariadb, '') }, 'select 1')).rejects.toThrow(
      /denied/,
    );
    expect(statSync(join(dataDirectory, 'credentials.json')).mode & 0o777).toBe(0o600);
  });

  test('brings a killed server back on the same port with what was committed, and reports both', async () => {
    stack = await startStack({ dataDirectory, ports: 'free', components: ['postgres', 'mysql'] });
    const exits: ComponentExit[] = [];
    const restarts: ComponentRestart[] = [];
    stack.on('exited', (exit) => exits.push(exit));
    stack.on('restarted', (restart) => restarts.push(restart));
    const { postgres, mysql: mariadb } = stack.databases;
    await queryPostgres(postgres, 'create table kept as select 42 as answer');
    await queryMysql(mariadb, 'create database kept');
    stack.kill('postgres');
    stack.kill('mysql', 'SIGKILL');
    expect(await poll(() => restarts.length === 2, { deadlineMs: 60_000 })).toBe(true);
    expect(exits.map(({ component, signal }) => [component, signal]).sort()).toEqual([
      ['mysql', 'SIGKILL'],
      ['postgres', 'SIGKILL'],
    ]);
    expect(await queryPostgres(postgres, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(await queryMysql(mariadb, "show databases like 'kept'")).toHaveLength(1);
  });

  test('restarts one component on request, on the same port, without calling it a failure', async () => {
    stack = await startStack({ dataDirectory, ports: 'free', components: ['postgres'] });
    const exits: ComponentExit[] = [];
    stack.on('exited', (exit) => exits.push(exit));
    const before = stack.processId('postgres');
    await stack.restart('postgres');
    expect(stack.processId('postgres')).not.toBe(before);
    await queryPostgres(stack.databases.postgres, 'select 1');
    expect(exits).toEqual([]);
  });

  test('keeps rows and passwords from one start to the next, and drops both when asked for a fresh one', async () => {
    stack = await startStack({ dataDirectory, ports: 'free', components: ['postgres'] });
    const { password } = stack.databases.postgres;
    await queryPostgres(stack.databases.postgres, 'create table kept (id int)');
    await stack.stop();
    stack = await startStack({ dataDirectory, ports: 'free', components: ['postgres'] });
    expect(stack.databases.postgres.password).toBe(password);
    await queryPostgres(stack.databases.postgres, 'select * from kept');
    await stack.stop();
    stack = await startStack({ dataDirectory, ports: 'free', components: ['postgres'], fresh: true });
    expect(stack.databases.postgres.password).not.toBe(password);
    await expect(queryPostgres(stack.databases.postgres, 'select * from kept')).rejects.toThrow(
      /does not exist/,
    );
  });

  test('refuses a second start over its data while it is up, and leaves no lock when it is stopped', async () => {
    stack = await startStack({ dataDirectory, ports: 'free', components: ['postgres'] });
    const second = startStack({ dataDirectory, ports: 'free', components: ['mysql'] });
    await expect(second).rejects.toMatchObject({ exitCode: 3 });
    await expect(second).rejects.toThrow(`already running over ${dataDirectory}: process ${process.pid}`);
    await stack.stop();
    expect(readdirSync(dataDirectory).filter((name) => name.includes('lock'))).toEqual([]);
    expect(readdirSync(join(dataDirectory, 'run'))).toEqual([]);
  });

  test('names a component that was not asked for', async () => {
    stack = await startStack({ dataDirectory, ports: 'free', components: ['postgres'] });
    expect(() => stack?.kafka).toThrow('kafka is not part of this stack');
  });

  test('leaves nothing running when its start is called off', async () => {
    const abort = new AbortController();
    const starting = startStack({
      dataDirectory,
      ports: 'free',
      components: ['postgres', 'mysql'],
      abortSignal: abort.signal,
      onProgress: ({ phase }) => {
        if (phase === 'starting') abort.abort(new Error('called off'));
      },
    });
    await expect(starting).rejects.toThrow('called off');
    await poll(() => processesOver(dataDirectory).length === 0, { deadlineMs: 2_000 });
    expect(processesOver(dataDirectory)).toEqual([]);
    expect(readdirSync(dataDirectory).filter((name) => name.includes('lock'))).toEqual([]);
  });
});

describe.each([16, 17] as const)('PostgreSQL %i', (postgresVersion) => {
  test('can be had in place of 18', async () => {
    stack = await startStack({ dataDirectory, ports: 'free', components: ['postgres'], postgresVersion });
    const [row] = await queryPostgres(stack.databases.postgres, 'show server_version_num');
    expect(String(row?.['server_version_num'])).toMatch(new RegExp(`^${postgresVersion}`));
  });
});

const mysql8Refusal = mysql8UnavailableBecause();
const describeMysql8 = mysql8Refusal === undefined ? describe : describe.skip;

describeMysql8(`MySQL 8${mysql8Refusal === undefined ? '' : ` (skipped: ${mysql8Refusal})`}`, () => {
  test('can be had in place of MariaDB, set up for capture', async () => {
    stack = await startStack({ dataDirectory, ports: 'free', components: ['mysql'], mysqlFlavor: 'mysql8' });
    const endpoint = stack.databases.mysql;
    expect(endpoint).toMatchObject({ engine: 'mysql', version: '8.0.31' });
    const [variables] = await queryMysql(
      endpoint,
      `select @@version as version, @@binlog_format as format, @@binlog_row_image as image, @@log_bin as log,
       @@binlog_row_metadata as metadata, @@gtid_mode as gtid, @@time_zone as zone, @@sync_binlog as sync`,
    );
    expect(variables).toEqual({
      ...{ version: '8.0.31', format: 'ROW', image: 'FULL', log: 1, metadata: 'FULL', gtid: 'ON' },
      ...{ zone: '+00:00', sync: 1 },
    });
  });
});

describe('a launcher', () => {
  test('that is killed outright takes its servers and its lock with it', async () => {
    const launcher = startLauncher();
    const servers = await readServers(launcher.child);
    expect(servers.every(isAlive)).toBe(true);
    launcher.child.kill('SIGKILL');
    expect(await poll(() => servers.every((server) => !isAlive(server)), { deadlineMs: 30_000 })).toBe(true);
    expect(
      await poll(() => !readdirSync(dataDirectory).includes('launcher.lock'), { deadlineMs: 5_000 }),
    ).toBe(true);
    stack = await startStack({ dataDirectory, ports: 'free', components: ['postgres', 'mysql'] });
    await queryPostgres(stack.databases.postgres, 'select 1');
  });

  test('that is asked to end by SIGTERM stops its servers first and exits 0', async () => {
    const launcher = startLauncher();
    const servers = await readServers(launcher.child);
    launcher.child.kill('SIGTERM');
    expect(await launcher.ended).toBe(0);
    expect(servers.some(isAlive)).toBe(false);
  });
});

/** Command lines of the running processes that name the folder. */
function processesOver(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((commandLine) => commandLine.includes(folder));
}

interface Launcher {
  child: ChildProcess;
  ended: Promise<number | null>;
}

function startLauncher(): Launcher {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', launcherScript, '--data', dataDirectory, '--components', 'postgres,mysql'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return { child, ended: new Promise((resolve) => child.once('exit', resolve)) };
}

/** The servers' identities, from the one line of JSON the launcher writes when all answer. */
async function readServers(launcher: ChildProcess): Promise<ProcessIdentity[]> {
  let output = '';
  launcher.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  if (!(await poll(() => output.endsWith('\n'), { deadlineMs: 100_000 })))
    throw new Error('the launcher never got ready');
  const { processIds } = JSON.parse(output) as { processIds: Record<string, number> };
  return Object.values(processIds).map(identityOf);
}

function withPassword(endpoint: DatabaseEndpoint, password: string): string {
  const url = new URL(endpoint.url);
  url.password = password;
  return url.toString();
}
