import { homedir } from 'node:os';
import { join } from 'node:path';
import { createOpenFolder, reachableFolder } from '../database-user.js';
import type { Environment } from '../prerequisites.js';

/**
 * Where fetched engines are kept for this user: ROWBRIDGE_CACHE, else XDG_CACHE_HOME/rowbridge, else
 * ~/.cache/rowbridge; for a root whose home nobody else may enter /var/cache/rowbridge, because the database
 * servers run from there as another user.
 */
export function cacheDirectory(environment: Environment): string {
  const named = nonEmpty(environment['ROWBRIDGE_CACHE']);
  const base =
    nonEmpty(environment['XDG_CACHE_HOME']) ?? join(nonEmpty(environment['HOME']) ?? homedir(), '.cache');
  const folder = reachableFolder(named ?? join(base, 'rowbridge'), 'cache');
  createOpenFolder(folder);
  return folder;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
