import { join } from 'node:path';
import { deployFolder, readYamlDocuments, runCommand } from './deploy-folder.js';
import type { Resource } from './manifests/resource.js';

/** The oldest kustomize that knows components, labels and patches with a target. */
const oldestKustomize = 5;

/** Why overlays cannot be rendered here; undefined when they can. */
export function kustomizeMissingBecause(): string | undefined {
  const { status, output } = runCommand('kubectl', ['version', '--client', '--output=json']);
  if (status !== 0) return 'no kubectl, which renders the overlays';
  const version = /"kustomizeVersion": "v(\d+)\./.exec(output)?.[1];
  if (version !== undefined && Number(version) >= oldestKustomize) return undefined;
  return `this kubectl holds kustomize ${version ?? 'of unknown version'}, older than ${oldestKustomize}`;
}

/** @throws Error with what kustomize said */
export function renderOverlay(overlay: string): readonly Resource[] {
  const { status, output } = runCommand('kubectl', [
    'kustomize',
    join(deployFolder, 'kubernetes/overlays', overlay),
  ]);
  if (status !== 0) throw new Error(output);
  return readYamlDocuments<Resource>(output);
}
