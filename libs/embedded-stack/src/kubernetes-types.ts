import { ArtifactCache } from './artifacts/artifact-cache.js';
import { cacheDirectory } from './artifacts/cache-directory.js';
import type { ArtifactName } from './artifacts/catalog.js';
import type { Environment } from './prerequisites.js';

const artifactByPackage = {
  'kubernetes-models': 'kubernetes-models',
  '@kubernetes-models/apimachinery': 'kubernetes-models-apimachinery',
  '@kubernetes-models/base': 'kubernetes-models-base',
  '@kubernetes-models/validate': 'kubernetes-models-validate',
  '@kubernetes-models/keda': 'kubernetes-models-keda',
  '@kubernetes-models/prometheus-operator': 'kubernetes-models-prometheus-operator',
  '@kubernetes-models/strimzi-kafka-operator': 'kubernetes-models-strimzi-kafka-operator',
} as const satisfies Readonly<Record<string, ArtifactName>>;

/**
 * Types of Kubernetes' resources and those of KEDA, the Prometheus operator and Strimzi, fetched once.
 * @returns the folder of each npm package that holds them, by its name
 * @throws StackError exit 3 when one cannot be fetched
 */
export async function fetchKubernetesTypes(
  environment: Environment = process.env,
): Promise<ReadonlyMap<string, string>> {
  const cache = new ArtifactCache({
    directory: cacheDirectory(environment),
    environment,
    javaHome: undefined,
    onProgress: () => undefined,
  });
  const folders = new Map<string, string>();
  for (const [packageName, artifact] of Object.entries(artifactByPackage))
    folders.set(packageName, await cache.ensure(artifact));
  return folders;
}
