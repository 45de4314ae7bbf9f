import { chmodSync, existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createOpenFolder } from '../database-user.js';
import type { Environment } from '../prerequisites.js';
import { StackError } from '../stack-error.js';
import { hasPackageTools, lastWords, unpackDebianPackage } from './debian-packages.js';

/** What MySQL 8 links against and does not bring, with the Debian packages that hold it (newer releases first). */
const neededLibraries = [
  { file: 'libaio.so.1', packages: ['libaio1', 'libaio1t64'], packagedAs: ['libaio.so.1', 'libaio.so.1t64'] },
  { file: 'libnuma.so.1', packages: ['libnuma1'], packagedAs: ['libnuma.so.1'] },
] as const;

type NeededLibrary = (typeof neededLibraries)[number];

const usualSystemFolders = [
  '/lib/x86_64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/lib64',
  '/usr/lib64',
  '/usr/lib',
  '/lib',
];

export interface SystemLibraryOptions {
  cacheDirectory: string;
  environment: Environment;
  /** Where the system keeps its libraries; tests name others. */
  systemFolders?: readonly string[];
}

/**
 * Why MySQL 8 cannot run here, judged without fetching anything; undefined when it can or may.
 * For tests, which are skipped with this reason.
 */
export function systemLibrariesMissingBecause(options: SystemLibraryOptions): string | undefined {
  const folder = libraryFolder(options);
  const missing = missingLibraries(options).filter(({ file }) => !existsSync(join(folder, file)));
  if (missing.length === 0 || hasPackageTools(options.environment)) return undefined;
  return `${missing.map(({ file }) => file).join(' and ')} missing, and no apt-get and dpkg-deb to fetch packages with`;
}

/**
 * Makes sure the libraries MySQL 8 needs can be loaded. Missing ones are taken from Debian packages without
 * installing them; apt checks those against the signed index of the release in use, so no checksum is pinned here.
 * @returns a folder for LD_LIBRARY_PATH, undefined when the system has them all
 * @throws StackError exit 3 that names the library and the package to install
 */
export async function findSystemLibraries(options: SystemLibraryOptions): Promise<string | undefined> {
  const missing = missingLibraries(options);
  if (missing.length === 0) return undefined;
  const folder = libraryFolder(options);
  createOpenFolder(folder);
  for (const library of missing) {
    if (!existsSync(join(folder, library.file))) await extractLibrary(library, folder, options.environment);
  }
  return folder;
}

function libraryFolder(options: SystemLibraryOptions): string {
  return join(options.cacheDirectory, 'system-libraries');
}

function missingLibraries(options: SystemLibraryOptions): NeededLibrary[] {
  const folders = options.systemFolders ?? usualSystemFolders;
  return neededLibraries.filter(({ file }) => !folders.some((folder) => existsSync(join(folder, file))));
}

async function extractLibrary(
  library: NeededLibrary,
  folder: string,
  environment: Environment,
): Promise<void> {
  const scratch = join(folder, `${library.file}.partial-${process.pid}`);
  for (const packageName of library.packages) {
    await rm(scratch, { recursive: true, force: true });
    if (!(await unpackDebianPackage({ packageName, folder: scratch, environment }))) continue;
    const found = await findFile(scratch, library.packagedAs);
    if (found === undefined) continue;
    await rename(found, join(folder, library.file));
    chmodSync(join(folder, library.file), 0o644);
    await rm(scratch, { recursive: true, force: true });
    return;
  }
  const reason = await lastWords(scratch);
  await rm(scratch, { recursive: true, force: true });
  throw new StackError(
    `MySQL 8 needs ${library.file}, which this system lacks and which could not be fetched (${reason}). ` +
      `Install it (Debian, Ubuntu: apt-get install ${library.packages[0]}; Fedora: dnf install libaio numactl-libs) or use --mysql mariadb.`,
  );
}

/** The library itself, where the plain name is a link to it. */
async function findFile(folder: string, names: readonly string[]): Promise<string | undefined> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const chosen = files.find(({ name }) =>
    names.some((wanted) => name === wanted || name.startsWith(`${wanted}.`)),
  );
  return chosen === undefined ? undefined : join(chosen.parentPath, chosen.name);
}
