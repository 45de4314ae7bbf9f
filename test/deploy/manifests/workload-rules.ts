import { containersOf, selects, type Container, type Labels, type Workload } from './resource.js';
import { bytesOf, coresOf } from './quantity.js';

/** Says for which containers or volumes (by name), or for the pod, it does not hold; nothing where it holds. */
type WorkloadRule = (workload: Workload) => readonly string[];

/** A direction drains for ten seconds when it is asked to end. */
const drainSeconds = 10;

/**
 * What every pod of ours holds to beyond the Pod Security Standard: what kube-linter looks at by default and can be
 * told from one resource, and what the services themselves need.
 */
export const workloadRules = {
  'its own pods are selected': ({ resource, template }) => {
    const { selector } = resource.spec as { selector?: { matchLabels?: Labels } };
    const wanted = selector?.matchLabels ?? {};
    return Object.keys(wanted).length > 0 && selects(wanted, template.metadata?.labels) ? [] : ['pod'];
  },
  'a service account of its own, by the field that is not deprecated': ofPod(
    ({ serviceAccountName = 'default', serviceAccount }) =>
      serviceAccountName !== 'default' && serviceAccount === undefined,
  ),
  'no service account token': ofPod(
    ({ automountServiceAccountToken }) => automountServiceAccountToken === false,
  ),
  'no addresses of services in the environment': ofPod(
    ({ enableServiceLinks }) => enableServiceLinks === false,
  ),
  'spread over hosts and zones': ofPod(({ topologySpreadConstraints = [] }) =>
    ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].every((wanted) =>
      topologySpreadConstraints.some(({ topologyKey }) => topologyKey === wanted),
    ),
  ),
  'more time to end than a drain takes': ofPod(
    ({ terminationGracePeriodSeconds = 0 }) => terminationGracePeriodSeconds > drainSeconds,
  ),
  'no group of root': ofPod(
    ({ securityContext: { runAsGroup = 0, fsGroup = 1, supplementalGroups = [] } = {} }) =>
      [runAsGroup, fsGroup, ...supplementalGroups].every((group) => group > 0),
  ),
  'an upper limit for every emptyDir': ({ template: { spec } }) =>
    (spec.volumes ?? []).flatMap(({ name, emptyDir }) =>
      emptyDir === undefined || emptyDir.sizeLimit !== undefined ? [] : [name],
    ),
  'volumes that are mounted, and mounts of volumes there are': ({ template: { spec } }) => {
    const volumes = (spec.volumes ?? []).map(({ name }) => name);
    const mounts = containersOf(spec).flatMap(({ volumeMounts = [] }) =>
      volumeMounts.map(({ name }) => name),
    );
    return [
      ...volumes.filter((name) => !mounts.includes(name)),
      ...mounts.filter((name) => !volumes.includes(name)),
    ];
  },
  'a read-only root file system': ofContainers(
    ({ securityContext }) => securityContext?.readOnlyRootFilesystem === true,
  ),
  'an image of a fixed version': ofContainers(({ image = '' }) =>
    /:(?!latest$)[\w.-]+$|@sha256:[0-9a-f]{64}$/.test(image),
  ),
  'CPU and memory asked for and limited, no more asked for than allowed': ofContainers(({ resources }) => {
    const { requests = {}, limits = {} } = resources ?? {};
    return [
      [coresOf(requests['cpu']), coresOf(limits['cpu'])],
      [bytesOf(requests['memory']), bytesOf(limits['memory'])],
    ].every(([asked = 0, limit = 0]) => asked > 0 && limit >= asked);
  }),
  'three probes, on ports that the container opens': ofContainers(
    ({ startupProbe, livenessProbe, readinessProbe, ports = [] }) => {
      const opened = ports.flatMap(({ name, containerPort }) => [name, containerPort]);
      return [startupProbe, livenessProbe, readinessProbe].every((probe) => {
        const port = (probe?.httpGet ?? probe?.tcpSocket)?.port;
        return port !== undefined && opened.includes(port);
      });
    },
  ),
  'no port that is kept for root, that of SSH among them': ofContainers(({ ports = [] }) =>
    ports.every(({ containerPort }) => containerPort >= 1_024),
  ),
  'no variable twice': ofContainers(({ env = [] }) => {
    const names = env.map(({ name }) => name);
    return new Set(names).size === names.length;
  }),
  'secrets as files, not in the environment': ofContainers(({ env = [] }) =>
    env.every(
      ({ name, value, valueFrom }) =>
        !JSON.stringify(valueFrom ?? {}).includes('secretKeyRef') &&
        (!/PASSWORD|TOKEN|SECRET|KEY$/i.test(name) || value?.startsWith('/secrets/') === true),
    ),
  ),
} satisfies Readonly<Record<string, WorkloadRule>>;

/** What our own services' pods are, beyond rules for anybody's. */
export const serviceRules = {
  '256Mi and 250m asked for, 512Mi and 500m at most': ofContainers(
    ({ resources }) =>
      JSON.stringify(
        [resources?.requests, resources?.limits].map((amount) => [amount?.['cpu'], amount?.['memory']]),
      ) ===
      JSON.stringify([
        ['250m', '256Mi'],
        ['500m', '512Mi'],
      ]),
  ),
  'probes on the endpoints there are': ofContainers(
    ({ startupProbe, livenessProbe, readinessProbe }) =>
      startupProbe?.httpGet?.path === '/live' &&
      livenessProbe?.httpGet?.path === '/live' &&
      readinessProbe?.httpGet?.path === '/ready',
  ),
} satisfies Readonly<Record<string, WorkloadRule>>;

function ofPod(holds: (pod: Workload['template']['spec']) => boolean): WorkloadRule {
  return ({ template }) => (holds(template.spec) ? [] : ['pod']);
}

function ofContainers(holds: (container: Container) => boolean): WorkloadRule {
  return ({ template }) =>
    containersOf(template.spec).flatMap((container) => (holds(container) ? [] : [container.name]));
}
