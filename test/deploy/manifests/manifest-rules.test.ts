import { readYamlDocuments, readRepositoryFile } from '../deploy-folder.js';
import { findManifestFaults, ruleNames } from './find-manifest-faults.js';
import { podBreaks } from './pod-breaks.js';
import { readBase } from './read-base.js';
import { resourceBreaks } from './resource-breaks.js';
import type { Resource } from './resource.js';

const breaks = [...podBreaks, ...resourceBreaks];
const cases = breaks.map(([rule, name, path, value]) => ({ rule, name, path, value }));

const components = ['keda/scaled-objects', 'monitoring/service-monitor'];
/** The base with the components that stand beside it, as production has them. */
const sound: readonly Resource[] = [
  ...readBase(),
  ...components.flatMap((file) =>
    readYamlDocuments<Resource>(readRepositoryFile(`deploy/kubernetes/components/${file}.yaml`)).map(
      (resource) => ({ ...resource, metadata: { ...resource.metadata, namespace: 'rowbridge' } }),
    ),
  ),
].map((resource) => (isScaled(resource) ? withChange(resource, 'spec.replicas', undefined) : resource));

test('the base holds to every rule', () => {
  expect(findManifestFaults(sound)).toEqual([]);
});

test('every rule is broken below', () => {
  expect([...new Set(breaks.map(([rule]) => rule))].sort()).toEqual([...ruleNames].sort());
});

test.each(cases)('$rule: not with $name, $path = $value', ({ rule, name, path, value }) => {
  const changed = sound.map((resource) =>
    `${resource.kind} ${resource.metadata.name}` === name ? withChange(resource, path, value) : resource,
  );
  expect(changed).not.toEqual(sound);
  expect(findManifestFaults(changed).filter((fault) => fault.startsWith(`${rule}: `))).not.toEqual([]);
});

function isScaled({ kind, metadata }: Resource): boolean {
  return kind === 'Deployment' && metadata.name.includes('-to-');
}

/** A copy in which the value at a path (names and indexes, by dots) is another one, or is not there. */
function withChange(resource: Resource, path: string, value: unknown): Resource {
  const copy = structuredClone(resource);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce<Record<string, unknown>>(
    (content, key) => {
      content[key] ??= {};
      return content[key] as Record<string, unknown>;
    },
    copy as unknown as Record<string, unknown>,
  );
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}
