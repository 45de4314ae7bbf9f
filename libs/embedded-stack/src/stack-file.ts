import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { identifyProcess, isAlive, type ProcessIdentity } from './processes/process-identity.js';

export interface StackFileLocation {
  /** The folder that holds `.rowbridge/`. */
  folder: string;
}

interface WrittenStackFile {
  launcher: ProcessIdentity;
}

function stackFilePath(location: StackFileLocation): string {
  return join(location.folder, '.rowbridge', 'stack.json');
}

/**
 * Writes `.rowbridge/stack.json` (mode 0600: the urls hold passwords) in one step, adding `launcher`, this process,
 * by which a later reader tells a stale file.
 * @returns the file's path
 */
export function writeStackFile(
  location: StackFileLocation,
  stack: Readonly<Record<string, unknown>>,
): string {
  const path = stackFilePath(location);
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify({ ...stack, launcher: identifyProcess(process.pid) }, null, 2)}\n`, {
    mode: 0o600,
  });
  renameSync(draft, path);
  return path;
}

/**
 * Reads the file of a stack that is up. A file whose launcher no longer runs is stale: it is removed.
 * @returns undefined when no stack is up
 */
export function readStackFile(location: StackFileLocation): Record<string, unknown> | undefined {
  const path = stackFilePath(location);
  let content: Record<string, unknown> & Partial<WrittenStackFile>;
  try {
    content = JSON.parse(readFileSync(path, 'utf8')) as typeof content;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ENOENT') rmSync(path, { force: true });
    return undefined;
  }
  if (content.launcher !== undefined && isAlive(content.launcher)) return content;
  rmSync(path, { force: true });
  return undefined;
}

/** Removes the file if this process wrote it, or if it is stale; another live launcher's stays. */
export function removeStackFile(location: StackFileLocation): void {
  const content = readStackFile(location) as Partial<WrittenStackFile> | undefined;
  if (content?.launcher?.processId === process.pid) rmSync(stackFilePath(location), { force: true });
}
