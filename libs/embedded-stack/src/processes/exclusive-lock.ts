import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.js';

/** Who holds a lock. */
export interface LockHolder extends ProcessIdentity {
  /** ISO time. */
  since: string;
}

export type LockAttempt = { held: true; release: () => void } | { held: false; holder: LockHolder };

/** Removes the lock when its holder is gone, unless another process has taken it in between. */
const janitorScript = 'read -r ignored; [ "$(cat "$1" 2>/dev/null)" = "$2" ] && rm -f "$1"';

/**
 * Takes a lock file for this process. A file whose process no longer runs is stale and taken over; two processes
 * that find the same stale file cannot both win. When this process ends without a release, however it ends, the
 * file is removed.
 */
export function tryLock(path: string): LockAttempt {
  mkdirSync(dirname(path), { recursive: true });
  const own = identifyProcess(process.pid);
  if (own === undefined) throw new Error('this process has no /proc entry; locks need Linux');
  const content = JSON.stringify({ ...own, since: new Date().toISOString(), token: randomUUID() });
  for (;;) {
    if (createAtomically(path, content)) {
      const janitor = startJanitor(path, content);
      const release = (): void => {
        releaseIfOwn(path, content);
        janitor.stdin?.end();
      };
      return { held: true, release };
    }
    const found = readText(path);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder !== undefined && isAlive(holder)) return { held: false, holder };
    removeStale(path, found);
  }
}

function startJanitor(lockFile: string, content: string): ChildProcess {
  const janitor = spawn('/bin/sh', ['-c', janitorScript, 'rowbridge-janitor', lockFile, content], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  janitor.on('error', () => undefined);
  janitor.stdin?.on('error', () => undefined);
  janitor.unref();
  return janitor;
}

function createAtomically(path: string, content: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, content, { mode: 0o644 });
  try {
    linkSync(draft, path);
    return true;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw failure;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves the file away and looks at what was moved: if another process was faster, its lock is put back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = readText(aside);
  if (moved !== undefined && moved !== stale) createAtomically(path, moved);
  rmSync(aside, { force: true });
}

function releaseIfOwn(path: string, content: string): void {
  if (readText(path) === content) rmSync(path, { force: true });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as Partial<LockHolder>;
    const { processId, startMark, since } = value;
    if (typeof processId !== 'number' || typeof startMark !== 'string' || typeof since !== 'string')
      return undefined;
    return { processId, startMark, since };
  } catch {
    return undefined;
  }
}
