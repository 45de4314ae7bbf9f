import { readRepositoryFile, readYaml, readYamlDocuments } from '../deploy-folder.js';
import type { Labels, Resource, PodTemplate } from './resource.js';

const folder = 'deploy/kubernetes/base';

/**
 * The resources of the base as kustomize makes them, but for the digests in names, where no kubectl is needed:
 * namespace, labels and the ConfigMap are put in here.
 */
export function readBase(): readonly Resource[] {
  const { namespace, labels, resources, configMapGenerator } = readYaml<{
    namespace: string;
    labels: readonly { pairs: Labels }[];
    resources: readonly string[];
    configMapGenerator: readonly { name: string; envs: readonly string[] }[];
  }>(`${folder}/kustomization.yaml`);
  const pairs: Labels = Object.assign({}, ...labels.map((entry) => entry.pairs));
  const maps = configMapGenerator.map(({ name, envs }): Resource => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: Object.fromEntries(envs.flatMap((file) => linesOf(readRepositoryFile(`${folder}/${file}`)))),
  }));
  const written = resources.flatMap((file) =>
    readYamlDocuments<Resource>(readRepositoryFile(`${folder}/${file}`)),
  );
  return [...maps, ...written].map((resource) => {
    const { metadata, spec } = resource;
    const template = (spec as { template?: PodTemplate } | undefined)?.template;
    return {
      ...resource,
      metadata: {
        ...metadata,
        ...(resource.kind === 'Namespace' ? {} : { namespace }),
        labels: { ...metadata.labels, ...pairs },
      },
      ...(template && {
        spec: {
          ...(spec as object),
          template: {
            ...template,
            metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...pairs } },
          },
        },
      }),
    };
  });
}

function linesOf(text: string): readonly [string, string][] {
  return text
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
}
