import { existsSync } from 'node:fs';
import { chown, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseUser } from '../database-user.js';
import { runGuarded, type LaunchSpecification } from '../processes/guarded-process.js';
import { StackError } from '../stack-error.js';
import type { EngineContext } from './engine.js';
import { logTail } from './log-tail.js';

export interface MysqlFamilyOptions extends EngineContext {
  installation: string;
  title: string;
  port: number;
  password: string;
}

/**
 * Makes the data folder where there is none yet. It is made beside its place and then moved there, so that one left
 * half made by an interruption is never taken for whole.
 * @param install launches the server's own installer, which is to fill the given folder
 */
export async function installData(
  options: MysqlFamilyOptions,
  dataFolder: string,
  install: (draft: string) => LaunchSpecification,
): Promise<void> {
  if (existsSync(dataFolder)) return;
  const draft = join(options.folder, 'data.partial');
  await rm(draft, { recursive: true, force: true });
  const status = await runGuarded(install(draft), options.abortSignal);
  options.abortSignal?.throwIfAborted();
  if (status !== 0) {
    throw new StackError(
      `${options.title} could not be initialised (exit ${status}). ${logTail(options.logFile)}`,
    );
  }
  await rename(draft, dataFolder);
}

/** Run by the server at each start, outside the binary log: one root, from this machine, with this password. */
export function rootAccounts(password: string): string[] {
  return [
    'SET SESSION sql_log_bin=0;',
    `CREATE USER IF NOT EXISTS root@'127.0.0.1' IDENTIFIED BY '${password}';`,
    `ALTER USER root@'127.0.0.1' IDENTIFIED BY '${password}';`,
    "GRANT ALL PRIVILEGES ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;",
    `ALTER USER root@'localhost' IDENTIFIED BY '${password}';`,
  ];
}

/** Writes `accounts.sql`, readable by the server alone. */
export async function writeAccounts(folder: string, statements: readonly string[]): Promise<void> {
  const path = join(folder, 'accounts.sql');
  await writeFile(path, `${statements.join('\n')}\n`, { mode: 0o600 });
  const user = databaseUser();
  if (user !== undefined) await chown(path, user.userId, user.groupId);
}
