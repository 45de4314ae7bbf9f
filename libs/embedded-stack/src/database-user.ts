import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/** The unprivileged user database servers run as when the launcher is root; they refuse root. */
export const unprivilegedUser = { userId: 65534, groupId: 65534 } as const;

const lastingRows = '/var/lib/rowbridge';
const temporaryRows = 'rowbridge-data-';

/** @returns undefined for an ordinary user, whose servers run as that user */
export function databaseUser(): typeof unprivilegedUser | undefined {
  return process.getuid?.() === 0 ? unprivilegedUser : undefined;
}

/**
 * A folder that the database servers can reach. As root, a folder below one that others may not enter (such as a
 * root's home) is replaced by one of the same purpose in the system's own places; nobody's permissions are changed.
 * @param purpose `cache` lasts and may be rebuilt, `data` holds rows
 */
export function reachableFolder(wanted: string, purpose: 'cache' | 'data'): string {
  const folder = resolve(wanted);
  if (databaseUser() === undefined || isTraversable(folder)) return folder;
  const mark = markOf(folder);
  const candidates =
    purpose === 'cache'
      ? ['/var/cache/rowbridge', join(tmpdir(), 'rowbridge-cache')]
      : [join(lastingRows, mark), join(tmpdir(), `${temporaryRows}${mark}`)];
  for (const candidate of candidates) {
    if (isTraversable(candidate) && canCreate(candidate)) return candidate;
  }
  return folder;
}

/** Stands for a folder in the name of the one that replaces it for rows. */
export function markOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 12);
}

/** @returns the mark in the name of a folder that `reachableFolder` chose for rows; undefined for any other folder */
export function markOfStandIn(folder: string): string | undefined {
  const prefix = dirname(folder) === lastingRows ? '' : temporaryRows;
  return new RegExp(`^${prefix}([0-9a-f]{12})$`).exec(basename(folder))?.[1];
}

/** Creates the folder, its owner being the user the servers run as. */
export function createOwnedFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const user = databaseUser();
  if (user === undefined) return;
  chownSync(folder, user.userId, user.groupId);
  chmodSync(folder, 0o700);
}

/** Every existing parent, and the folder itself if it exists, may be entered by anybody. */
function isTraversable(folder: string): boolean {
  for (let current = folder; ; current = dirname(current)) {
    try {
      if ((statSync(current).mode & 0o001) === 0) return false;
    } catch {
      // Not there yet: it will be created with the mode that is needed.
    }
    if (current === dirname(current)) return true;
  }
}

function canCreate(folder: string): boolean {
  try {
    createOpenFolder(folder);
    return true;
  } catch {
    return false;
  }
}

/** Creates a folder and its missing parents so that other users may enter them, whatever the umask says. */
export function createOpenFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (first === undefined) return;
  for (let current = folder; current.length >= first.length; current = dirname(current))
    chmodSync(current, 0o755);
}
