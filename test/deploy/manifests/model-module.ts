import type { Resource } from './resource.js';

const packageByGroup: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'kafka.strimzi.io': '@kubernetes-models/strimzi-kafka-operator',
};

/** The module of the npm package in which the model of a resource is, such as `kubernetes-models/apps/v1/Deployment`. */
export function modelModuleOf({ apiVersion, kind }: Resource): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const packageName = packageByGroup[group ?? ''] ?? 'kubernetes-models';
  return [packageName, group, version, kind].filter((part) => part !== '').join('/');
}
