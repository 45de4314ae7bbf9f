import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseUser } from '../database-user.js';
import type { LaunchSpecification } from '../processes/guarded-process.js';
import type { Engine } from './engine.js';
import { installData, rootAccounts, writeAccounts, type MysqlFamilyOptions } from './mysql-data-folder.js';
import { mysqlFamilySettings, prepareMysqlFolder, settingsFile } from './mysql-settings.js';
import { greetsAsMysql } from './network-probes.js';

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
  await writeAccounts(options.folder, [...rootAccounts(options.password), "DROP USER IF EXISTS root@'::1';"]);
  await installData(options, setup.dataFolder, (draft) =>
    setup.launch(join('scripts', 'mariadb-install-db'), [
      `--basedir=${options.installation}`,
      `--datadir=${draft}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=0',
    ]),
  );
}
