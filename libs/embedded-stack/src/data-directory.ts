import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chooseDatabaseFolder, emptyDatabaseFolder } from './database-folder.js';
import { createOpenFolder, databaseUser } from './database-user.js';
import { tryLock } from './processes/exclusive-lock.js';
import { endLeftovers } from './processes/process-records.js';
import type { ProgressListener } from './progress.js';
import { StackError } from './stack-error.js';

/** A data directory that belongs to this process until it is released. */
export interface OpenDataDirectory {
  path: string;
  /** Below it the database servers keep their files; elsewhere than `path` when they could not reach that. */
  databaseFolder: string;
  logFolder: string;
  recordFolder: string;
  release(): void;
}

export interface DataDirectoryOptions {
  path: string;
  /** Remove what earlier starts left. */
  fresh: boolean;
  onProgress: ProgressListener;
}

const lockName = 'launcher.lock';

/**
 * Takes a data directory for this process, ends what a crashed launcher left running in it, and makes its folders.
 * @throws StackError exit 3 while another launcher has it, saying which; when its rows are another data directory's
 */
export async function openDataDirectory(options: DataDirectoryOptions): Promise<OpenDataDirectory> {
  const path = resolve(options.path);
  createOpenFolder(path);
  const lockFile = join(path, lockName);
  const lock = tryLock(lockFile);
  if (!lock.held) {
    throw new StackError(
      `A stack is already running over ${path}: process ${lock.holder.processId}, since ${lock.holder.since}. ` +
        `Stop it with Ctrl-C there (or kill ${lock.holder.processId}), or use another data directory.`,
    );
  }
  try {
    const recordFolder = join(path, 'run');
    await endLeftovers(recordFolder, (titles) =>
      options.onProgress({
        item: 'Earlier run',
        phase: 'note',
        detail: `still ending: ${titles.join(', ')}`,
      }),
    );
    // Rows are nobody else's to read; as root the database servers' user passes through to its own folders.
    chmodSync(path, databaseUser() === undefined ? 0o700 : 0o711);
    const databaseFolder = options.fresh ? emptyDatabaseFolder(path, [lockName]) : chooseDatabaseFolder(path);
    const logFolder = join(path, 'logs');
    createOpenFolder(logFolder);
    createOpenFolder(databaseFolder);
    chmodSync(databaseFolder, databaseUser() === undefined ? 0o700 : 0o711);
    return { path, databaseFolder, logFolder, recordFolder, release: lock.release };
  } catch (failure) {
    lock.release();
    throw failure;
  }
}
