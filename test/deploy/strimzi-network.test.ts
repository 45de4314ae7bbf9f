import { readRepositoryFile, readYaml, readYamlDocuments } from './deploy-folder.js';
import type { NetworkPolicy } from './manifests/network-rules.js';
import { readBase } from './manifests/read-base.js';
import { ofKind, selects, workloadsOf, type Labels, type Resource } from './manifests/resource.js';

const folder = 'deploy/kubernetes/components/strimzi';

interface Caller {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
}

interface Port {
  readonly protocol?: string;
  readonly port?: number | string;
}

const component = readYaml<{ resources: readonly string[] }>(
  `${folder}/kustomization.yaml`,
).resources.flatMap((file) => readYamlDocuments<Resource>(readRepositoryFile(`${folder}/${file}`)));
const [connect] = ofKind(component, 'KafkaConnect');
const connectName = connect?.metadata.name ?? '';

const base = readBase();
const services: readonly Caller[] = workloadsOf(base).map(({ resource, template }) => ({
  name: resource.metadata.name,
  namespace: resource.metadata.namespace ?? '',
  labels: template.metadata?.labels ?? {},
}));
const settings = ofKind(base, 'ConfigMap').find(({ metadata }) => metadata.name === 'rowbridge');
const connectAddress = new URL(settings?.data?.['CONNECT_URL'] ?? '');

/** The labels Strimzi gives Kafka Connect's pods. */
const connectPod: Labels = {
  'strimzi.io/cluster': connectName,
  'strimzi.io/kind': 'KafkaConnect',
  'strimzi.io/name': `${connectName}-connect`,
};

/** Whether a policy beside Strimzi's own, which admits Strimzi alone, lets a pod in at the REST API. */
function isAdmitted({ namespace, labels }: Caller): boolean {
  return ofKind<NetworkPolicy>(component, 'NetworkPolicy')
    .filter(
      ({ metadata, spec }) =>
        metadata.namespace === connect?.metadata.namespace &&
        selects(spec.podSelector.matchLabels, connectPod),
    )
    .flatMap(({ spec }) => spec.ingress ?? [])
    .some(
      ({ from = [], ports = [] }) =>
        (ports as readonly Port[]).some(({ port }) => String(port) === connectAddress.port) &&
        from.some(
          ({ namespaceSelector, podSelector }) =>
            namespaceSelector !== undefined &&
            selects(namespaceSelector.matchLabels, { 'kubernetes.io/metadata.name': namespace }) &&
            selects(podSelector?.matchLabels, labels),
        ),
    );
}

describe('Kafka Connect as Strimzi runs it', () => {
  test('is where the services look for it: Strimzi adds -connect-api to the name', () => {
    expect(connectAddress.host).toBe(`${connectName}-connect-api.kafka.svc:8083`);
  });

  test.each(services)('lets $name in', (service) => {
    expect(isAdmitted(service)).toBe(true);
  });

  test.each<Caller>([
    { name: 'a pod of another namespace', namespace: 'default', labels: services[0]?.labels ?? {} },
    { name: 'a pod that is none of ours', namespace: 'rowbridge', labels: { app: 'other' } },
  ])('keeps $name out', (caller) => {
    expect(isAdmitted(caller)).toBe(false);
  });

  test('is asked by three services', () => {
    expect(services).toHaveLength(3);
  });
});
