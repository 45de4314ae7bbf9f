import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the workspace root. */
export const workspaceRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

function expandWorkspacePattern(pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  const parentPath = join(workspaceRoot, parent);
  if (!existsSync(parentPath)) return [];
  return readdirSync(parentPath, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`);
}

/**
 * Every workspace package, read from the `workspaces` of the root package.json, so that no tool keeps a list
 * of its own. Plain Node without dependencies: it also runs before anything is installed.
 *
 * @returns {{name: string, directory: string, dependencies: string[]}[]} `directory` relative to the root with
 *   forward slashes, `dependencies` the names in the package's own `dependencies`; sorted by directory.
 */
export function workspacePackages() {
  const root = JSON.parse(readFileSync(join(workspaceRoot, 'package.json'), 'utf8'));
  return root.workspaces
    .flatMap(expandWorkspacePattern)
    .filter((directory) => existsSync(join(workspaceRoot, directory, 'package.json')))
    .map((directory) => {
      const manifest = JSON.parse(readFileSync(join(workspaceRoot, directory, 'package.json'), 'utf8'));
      return { name: manifest.name, directory, dependencies: Object.keys(manifest.dependencies ?? {}) };
    })
    .sort((left, right) => left.directory.localeCompare(right.directory));
}
