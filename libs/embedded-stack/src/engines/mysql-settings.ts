import { join } from 'node:path';
import { createOwnedFolder } from '../database-user.js';

interface MysqlFamilyPlace {
  folder: string;
  dataFolder: string;
  port: number;
}

/** Creates the engine's folder and the folder for its temporary tables, owned by the user it runs as. */
export function prepareMysqlFolder(folder: string): void {
  createOwnedFolder(folder);
  createOwnedFolder(temporaryFolder(folder));
}

function temporaryFolder(folder: string): string {
  return join(folder, 'tmp');
}

/** Settings both MariaDB and MySQL understand: full row images in a durable binary log, strict values, UTC. */
export function mysqlFamilySettings(options: MysqlFamilyPlace): Record<string, string> {
  return {
    datadir: options.dataFolder,
    // Its own: a server that starts removes every temporary table it finds, other servers' too.
    tmpdir: temporaryFolder(options.folder),
    port: String(options.port),
    'bind-address': '127.0.0.1',
    // Relative to the data folder: a socket's full path may not exceed 107 bytes.
    socket: 'server.sock',
    'pid-file': 'server.pid',
    'skip-name-resolve': 'ON',
    'server-id': '1',
    'log-bin': 'binlog',
    'binlog-format': 'ROW',
    'binlog-row-image': 'FULL',
    'binlog-row-metadata': 'FULL',
    'sync-binlog': '1',
    'innodb-flush-log-at-trx-commit': '1',
    'innodb-lock-wait-timeout': '10',
    'innodb-buffer-pool-size': '128M',
    'innodb-log-file-size': '128M',
    'max-connections': '300',
    'max-allowed-packet': '64M',
    'character-set-server': 'utf8mb4',
    'collation-server': 'utf8mb4_unicode_ci',
    'default-time-zone': '+00:00',
    'sql-mode':
      'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION',
  };
}

/** An option file with one `[mysqld]` group. */
export function settingsFile(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return `[mysqld]\n${lines.join('\n')}\n`;
}
