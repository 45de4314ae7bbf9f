import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createOpenFolder } from '../database-user.js';
import { findOnPath, type Environment } from '../prerequisites.js';
import { runGuarded } from '../processes/guarded-process.js';
import { StackError } from '../stack-error.js';
import { cacheDirectory } from './cache-directory.js';

/** Whether packages can be fetched and unpacked here at all. */
export function hasPackageTools(environment: Environment): boolean {
  return ['apt-get', 'dpkg-deb'].every((program) => findOnPath(program, environment) !== undefined);
}

/**
 * Why a Debian package cannot be had here, judged without fetching anything; undefined when it can or may. For tests,
 * which are skipped with this reason.
 */
export function debianPackageUnavailableBecause(
  packageName: string,
  environment: Environment = process.env,
): string | undefined {
  if (existsSync(packageFolder(packageName, environment))) return undefined;
  if (!hasPackageTools(environment))
    return `no apt-get and dpkg-deb to fetch the package ${packageName} with`;
  const known = spawnSync('apt-get', ['--print-uris', 'download', packageName], {
    env: environment,
    stdio: 'ignore',
  });
  return known.status === 0 ? undefined : `apt knows no package ${packageName}`;
}

/**
 * The files of a Debian package, fetched once and not installed. apt checks packages against the signed index of the
 * release in use, so no checksum is pinned here.
 * @returns the folder they lie in, with the paths they would have below the root
 * @throws StackError exit 3 with what apt said
 */
export async function fetchDebianPackage(
  packageName: string,
  environment: Environment = process.env,
): Promise<string> {
  const folder = packageFolder(packageName, environment);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial-${process.pid}`;
  createOpenFolder(partial);
  const unpacked = await unpackDebianPackage({ packageName, folder: partial, environment });
  if (!unpacked) {
    const reason = await lastWords(partial);
    await rm(partial, { recursive: true, force: true });
    throw new StackError(`The Debian package ${packageName} could not be fetched: ${reason}`);
  }
  // Another process may have been faster; what it put there is the same.
  await rename(partial, folder).catch(() => rm(partial, { recursive: true, force: true }));
  return folder;
}

export interface PackageDownload {
  readonly packageName: string;
  /** An empty folder; the package's files go here, and `client.log` when that fails. */
  readonly folder: string;
  readonly environment: Environment;
}

/** @returns whether it could be fetched and unpacked; `lastWords` of the folder says why not */
export async function unpackDebianPackage(download: PackageDownload): Promise<boolean> {
  const { packageName, folder, environment } = download;
  const apt = findOnPath('apt-get', environment);
  const dpkg = findOnPath('dpkg-deb', environment);
  if (apt === undefined || dpkg === undefined) return false;
  await mkdir(folder, { recursive: true });
  if (!(await run([apt, 'download', packageName], download))) return false;
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (archive === undefined || !(await run([dpkg, '-x', archive, '.'], download))) return false;
  await rm(join(folder, archive));
  return true;
}

/** What the failed client said last, or that there is none. */
export async function lastWords(folder: string): Promise<string> {
  const said = await readFile(join(folder, 'client.log'), 'utf8').catch(() => '');
  return said.trim().split('\n').at(-1) || 'no apt-get here';
}

function packageFolder(packageName: string, environment: Environment): string {
  return join(cacheDirectory(environment), 'debian-packages', packageName);
}

async function run(
  commandLine: readonly string[],
  { folder, environment }: PackageDownload,
): Promise<boolean> {
  const [command = '', ...commandArguments] = commandLine;
  const status = await runGuarded({
    command,
    commandArguments,
    environment,
    workingDirectory: folder,
    logFile: join(folder, 'client.log'),
    stopSignal: 'TERM',
    stopTimeoutMs: 3_000,
  });
  return status === 0;
}
