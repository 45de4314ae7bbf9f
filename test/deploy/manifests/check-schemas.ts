import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchKubernetesTypes } from '@rowbridge/embedded-stack';
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
  const tree = mkdtempSync(join(tmpdir(), 'rowbridge-schemas-'));
  try {
    layOut(tree, folders);
    // Packages are found from where the links are, not from where they lead.
    const { status, stdout, stderr, error } = spawnSync(
      process.execPath,
      ['--preserve-symlinks', join(tree, 'validate-resources.mjs')],
      {
        encoding: 'utf8',
        input: JSON.stringify(resources.map((resource) => ({ module: modelModuleOf(resource), resource }))),
      },
    );
    if (status !== 0) throw new Error(`The schemas could not be run: ${stderr || error?.message}`);
    return (JSON.parse(stdout) as string[][]).flatMap((faults, index) => {
      const resource = resources[index];
      return faults.map((fault) => `${resource?.kind} ${resource?.metadata.name}: ${fault}`);
    });
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Lays the packages side by side, as npm would, with our own runtime for the schemas in place of theirs. */
function layOut(tree: string, folders: ReadonlyMap<string, string>): void {
  const packages = join(tree, 'node_modules');
  for (const [name, folder] of folders) {
    if (name === runtimePackage) continue;
    mkdirSync(dirname(join(packages, name)), { recursive: true });
    symlinkSync(folder, join(packages, name));
  }
  const runtime = join(packages, runtimePackage);
  mkdirSync(runtime, { recursive: true });
  const exports = { '.': './index.mjs', './runtime/*': './*.mjs' };
  writeFileSync(join(runtime, 'package.json'), JSON.stringify({ name: runtimePackage, exports }));
  for (const [file, offered] of Object.entries({
    index: '*',
    ucs2length: '{ default }',
    re2: '{ default }',
  })) {
    const { href } = pathToFileURL(join(runtimeFolder, `${file}.mjs`));
    writeFileSync(join(runtime, `${file}.mjs`), `export ${offered} from '${href}';\n`);
  }
  copyFileSync(join(runtimeFolder, 'validate-resources.mjs'), join(tree, 'validate-resources.mjs'));
}
