import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LaunchOptions } from './command-line.js';

/** The workspace's root folder, which holds `.rowbridge/`. */
export const workspaceRoot = resolve(fileURLToPath(import.meta.url), '../../../..');

/** Where a system's engines keep their data; each MySQL flavor has its own. */
export function dataDirectoryFor(
  options: Pick<LaunchOptions, 'system' | 'mysqlFlavor'>,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const given = environment['ROWBRIDGE_DATA'];
  if (given) return resolve(given);
  return join(workspaceRoot, '.rowbridge', 'data', `${options.system}-${options.mysqlFlavor}`);
}
