import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOwnedFolder, databaseUser } from '../database-user.js';
import type { LaunchSpecification } from '../processes/guarded-process.js';
import type { Engine } from './engine.js';
import { installData, rootAccounts, writeAccounts, type MysqlFamilyOptions } from './mysql-data-folder.js';
import { mysqlFamilySettings, prepareMysqlFolder, settingsFile } from './mysql-settings.js';
import { greetsAsMysql } from './network-probes.js';

export interface Mysql8Options extends MysqlFamilyOptions {
  /** Folder with libaio.so.1 and libnuma.so.1, where the system has none; see `findSystemLibraries`. */
  libraryFolder?: string | undefined;
}

export function createMysql8Engine(options: Mysql8Options): Engine {
  const dataFolder = join(options.folder, 'data');
  const configuration = join(options.folder, 'my.cnf');
  const libraries = [join(options.installation, 'lib', 'private'), options.libraryFolder].filter(
    (folder) => folder !== undefined,
  );
  const launch = (commandArguments: string[]): LaunchSpecification => ({
    command: join(options.installation, 'bin', 'mysqld'),
    commandArguments: [`--defaults-file=${configuration}`, ...commandArguments],
    environment: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC', LD_LIBRARY_PATH: libraries.join(':') },
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
    readyTimeoutMs: 90_000,
    prepare: () => initialise(options, { dataFolder, configuration, launch }),
    launchSpecification: () => launch([`--init-file=${join(options.folder, 'accounts.sql')}`]),
    isReady: () => greetsAsMysql(options.port),
  };
}

interface Mysql8Setup {
  dataFolder: string;
  configuration: string;
  launch: (commandArguments: string[]) => LaunchSpecification;
}

async function initialise(options: Mysql8Options, setup: Mysql8Setup): Promise<void> {
  prepareMysqlFolder(options.folder);
  // Its own folder for files it reads and writes by statement: the compiled-in one does not exist here.
  await mkdir(join(options.folder, 'files'), { recursive: true });
  createOwnedFolder(join(options.folder, 'files'));
  const settings = {
    ...mysqlFamilySettings({ ...options, dataFolder: setup.dataFolder }),
    'gtid-mode': 'ON',
    'enforce-gtid-consistency': 'ON',
    'log-error-verbosity': '2',
    mysqlx: '0',
    'secure-file-priv': join(options.folder, 'files'),
    basedir: options.installation,
    'lc-messages-dir': join(options.installation, 'share'),
    'character-sets-dir': join(options.installation, 'share', 'charsets'),
    'plugin-dir': join(options.installation, 'lib', 'plugin'),
  };
  await writeFile(setup.configuration, settingsFile(settings));
  await writeAccounts(options.folder, rootAccounts(options.password));
  await installData(options, setup.dataFolder, (draft) =>
    setup.launch(['--initialize-insecure', `--datadir=${draft}`]),
  );
}
