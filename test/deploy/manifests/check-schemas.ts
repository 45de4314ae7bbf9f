import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fetchKubernetesTypes } from '@rowbridge/embedded-stack';
import { repositoryRoot } from '../deploy-folder.js';
import { modelModuleOf } from './model-module.js';
import type { Resource } from './resource.js';

const runtimeFolder = join(import.meta.dirname, 'model-runtime');
const runtimePackage = '@kubernetes-models/validate';

/**
 * Holds resources to the published schemas of Kubernetes and its operators themselves, compiled: required fields,
 * words that are allowed, formats, patterns, ranges. Unknown fields, which those schemas allow, are found by types.
 * @returns each fault, with the resource and the path it is at
 */
export async function findSchemaFaults(resources: readonly Resource[]): Promise<readonly string[]> {
  const folders = await fetchKubernetesTypes();
  // Below our own packages, so that what the schemas need of those is found as well.
  const cache = join(repositoryRoot, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const tree = mkdtempSync(join(cache, 'schemas-'));
  try {
    layOut(tree, folders);
    // Packages are found from where the links are, not from where they lead.
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--preserve-symlinks', '--preserve-symlinks-main', join(tree, 'validate-resources.mjs')],
      {
        encoding: 'utf8',
        input: JSON.stringify(resources.map((resource) => ({ module: modelModuleOf(resource), resource }))),
      },
    );
    if (status !== 0) throw new Error(`The schemas could not be run: ${stderr}`);
    return (JSON.parse(stdout) as string[][]).flatMap((faults, index) => {
      const resource = resources[index];
      return faults.map((fault) => `${resource?.kind} ${resource?.metadata.name}: ${fault}`);
    });
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Links the packages side by side, as npm would, with our own runtime for the schemas in place of theirs. */
function layOut(tree: string, folders: ReadonlyMap<string, string>): void {
  const packages = join(tree, 'node_modules');
  const link = (target: string, path: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(realpathSync(target), path);
  };
  for (const [name, folder] of folders) if (name !== runtimePackage) link(folder, join(packages, name));
  const runtime = join(packages, runtimePackage);
  for (const file of ['index', 'ucs2length', 're2'])
    link(join(runtimeFolder, `${file}.mjs`), join(runtime, `${file}.mjs`));
  const exports = { '.': './index.mjs', './runtime/*': './*.mjs' };
  writeFileSync(join(runtime, 'package.json'), JSON.stringify({ name: runtimePackage, exports }));
  link(join(runtimeFolder, 'validate-resources.mjs'), join(tree, 'validate-resources.mjs'));
}
