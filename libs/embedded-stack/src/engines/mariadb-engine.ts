import { existsSync } from 'node:fs';
import { chown, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseUser } from '../database-user.js';
import { runGuarded, type LaunchSpecification } from '../processes/guarded-process.js';
import { StackError } from '../stack-error.js';
import type { Engine, EngineContext } from './engine.js';
import { logTail } from './log-tail.js';
import { mysqlFamilySettings, prepareMysqlFolder, settingsFile } from './mysql-settings.js';
import { greetsAsMysql } from './network-probes.js';

export interface MysqlFamilyOptions extends EngineContext {
  installation: string;
  title: string;
  port: number;
  password: string;
}

/**
 * `ssl=0`: otherwise the server makes a key at each start, which takes up to 25 s.
 * `binlog-legacy-event-pos`: without it row events carry no position of their own, and several changes of one row in
 * one transaction cannot be told apart.
 */
const mariadbSettings = {
  'gtid-strict-mode': 'ON',
  'binlog-legacy-event-pos': 'ON',
  ssl: '0',
  'log-warnings': '2',
};

export function createMariadbEngine(options: MysqlFamilyOptions): Engine {
  const dataFolder = join(options.folder, 'data');
  const configuration = join(options.folder, 'my.cnf');
  const launch = (command: string, commandArguments: string[]): LaunchSpecification => ({
    command: join(options.installation, command),
    commandArguments: [`--defaults-file=${configuration}`, ...commandArguments],
    environment: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    workingDirectory: options.folder,
    logFile: options.logFile,
    runAs: databaseUser(),
    stopSignal: 'TERM',
    stopTimeoutMs: 20_000,
  });
  return {
    component: 'mysql',
    title: options.title,
    address: `127.0.0.1:${options.port}`,
    after: [],
    readyTimeoutMs: 60_000,
    prepare: () => initialise(options, { dataFolder, configuration, launch }),
    launchSpecification: () =>
      launch(join('bin', 'mariadbd'), [`--init-file=${join(options.folder, 'accounts.sql')}`]),
    isReady: () => greetsAsMysql(options.port),
  };
}

interface MariadbSetup {
  dataFolder: string;
  configuration: string;
  launch: (command: string, commandArguments: string[]) => LaunchSpecification;
}

async function initialise(options: MysqlFamilyOptions, setup: MariadbSetup): Promise<void> {
  prepareMysqlFolder(options.folder);
  const settings = {
    ...mysqlFamilySettings({ ...options, dataFolder: setup.dataFolder }),
    ...mariadbSettings,
    basedir: options.installation,
    'lc-messages-dir': join(options.installation, 'share'),
  };
  await writeFile(setup.configuration, settingsFile({ ...settings }));
  await writeAccounts(options.folder, rootAccounts(options.password));
  if (existsSync(setup.dataFolder)) return;
  const draft = join(options.folder, 'data.partial');
  await rm(draft, { recursive: true, force: true });
  const status = await runGuarded(
    setup.launch(join('scripts', 'mariadb-install-db'), [
      ...[
        `--basedir=${options.installation}`,
        `--datadir=${draft}`,
        '--auth-root-authentication-method=normal',
      ],
      ...['--skip-test-db', '--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0'],
    ]),
    options.abortSignal,
  );
  options.abortSignal?.throwIfAborted();
  if (status !== 0) {
    throw new StackError(
      `${options.title} could not be initialised (exit ${status}). ${logTail(options.logFile)}`,
    );
  }
  await rename(draft, setup.dataFolder);
}

/** Run by the server at each start, outside the binary log: one root, from this machine, with this password. */
function rootAccounts(password: string): string[] {
  return [
    'SET SESSION sql_log_bin=0;',
    `CREATE USER IF NOT EXISTS root@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `ALTER USER root@'127.0.0.1' IDENTIFIED BY '${password}';`,
    "GRANT ALL PRIVILEGES ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;",
    `ALTER USER root@'localhost' IDENTIFIED BY '${password}';`,
    "DROP USER IF EXISTS root@'::1';",
  ];
}

/** Writes `accounts.sql`, readable by the server alone. */
export async function writeAccounts(folder: string, statements: readonly string[]): Promise<void> {
  const path = join(folder, 'accounts.sql');
  await writeFile(path, `${statements.join('\n')}\n`, { mode: 0o600 });
  const user = databaseUser();
  if (user !== undefined) await chown(path, user.userId, user.groupId);
}
