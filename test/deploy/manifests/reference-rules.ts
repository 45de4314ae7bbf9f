import {
  containersOf,
  ofKind,
  selects,
  workloadsOf,
  type Deployment,
  type Labels,
  type Resource,
  type Workload,
} from './resource.js';

/** Says for which resources (by name) it does not hold; nothing where it holds. */
type ReferenceRule = (resources: readonly Resource[]) => readonly string[];

interface Service extends Resource {
  readonly spec: {
    readonly type?: string;
    readonly selector?: Labels;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly targetPort?: string | number;
    }[];
  };
}

interface DisruptionBudget extends Resource {
  readonly spec: {
    readonly selector?: { readonly matchLabels?: Labels };
    readonly maxUnavailable?: number | string;
    readonly minAvailable?: number | string;
    readonly unhealthyPodEvictionPolicy?: string;
  };
}

interface Ingress extends Resource {
  readonly spec: {
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
    readonly rules: readonly {
      readonly host?: string;
      readonly http: {
        readonly paths: readonly {
          readonly backend: {
            readonly service: { readonly name: string; readonly port: { name?: string; number?: number } };
          };
        }[];
      };
    }[];
  };
}

interface ScaledObject extends Resource {
  readonly spec: {
    readonly scaleTargetRef: { readonly name: string };
    readonly minReplicaCount?: number;
    readonly maxReplicaCount?: number;
  };
}

/** What kube-linter looks at by default and can only be told from several resources, and references it leaves out. */
export const referenceRules = {
  'a service has pods behind it, and they open its ports': (resources) =>
    failing(ofKind<Service>(resources, 'Service'), ({ spec: { selector, ports = [] } }) => {
      const behind = workloadsOf(resources).filter(
        ({ template }) => selector !== undefined && selects(selector, template.metadata?.labels),
      );
      return behind.length > 0 && ports.every(({ port, targetPort = port }) => opens(behind, targetPort));
    }),
  'a service is open to the cluster only': (resources) =>
    failing(
      ofKind<Service>(resources, 'Service'),
      ({ spec: { type = 'ClusterIP' } }) => type === 'ClusterIP',
    ),
  'a service account exists': (resources) => {
    const accounts = ofKind(resources, 'ServiceAccount').map(({ metadata }) => metadata.name);
    return failingWorkloads(resources, ({ serviceAccountName }) =>
      accounts.includes(serviceAccountName ?? ''),
    );
  },
  'a ConfigMap and a volume claim exist': (resources) => {
    const names = (kind: string): readonly string[] =>
      ofKind(resources, kind).map(({ metadata }) => metadata.name);
    return failingWorkloads(
      resources,
      (pod) =>
        containersOf(pod).every(({ envFrom = [] }) =>
          envFrom.every(
            ({ configMapRef }) =>
              configMapRef === undefined || names('ConfigMap').includes(configMapRef.name),
          ),
        ) &&
        (pod.volumes ?? []).every(
          ({ persistentVolumeClaim: claim }) =>
            claim === undefined || names('PersistentVolumeClaim').includes(claim.claimName),
        ),
    );
  },
  'every deployment has one disruption budget': (resources) =>
    failing(ofKind<Deployment>(resources, 'Deployment'), ({ spec }) => {
      const budgets = ofKind<DisruptionBudget>(resources, 'PodDisruptionBudget');
      return (
        budgets.filter((budget) => isAbout(budget, { resource: budget, template: spec.template })).length ===
        1
      );
    }),
  'a disruption budget is about pods there are, and lets one of them go': (resources) =>
    failing(ofKind<DisruptionBudget>(resources, 'PodDisruptionBudget'), (budget) => {
      const { maxUnavailable, minAvailable } = budget.spec;
      return (
        workloadsOf(resources).some((workload) => isAbout(budget, workload)) &&
        minAvailable === undefined &&
        ![undefined, 0, '0', '0%'].includes(maxUnavailable)
      );
    }),
  'a disruption budget keeps no pod that is not ready': (resources) =>
    failing(
      ofKind<DisruptionBudget>(resources, 'PodDisruptionBudget'),
      ({ spec }) => spec.unhealthyPodEvictionPolicy === 'AlwaysAllow',
    ),
  'an ingress leads to services there are, over TLS for each of its hosts': (resources) =>
    failing(ofKind<Ingress>(resources, 'Ingress'), ({ spec: { rules, tls = [] } }) => {
      const covered = tls.flatMap(({ hosts = [], secretName }) => (secretName === undefined ? [] : hosts));
      return rules.every(
        ({ host, http }) =>
          host !== undefined &&
          covered.includes(host) &&
          http.paths.every(({ backend: { service } }) =>
            ofKind<Service>(resources, 'Service').some(
              ({ metadata, spec }) =>
                metadata.name === service.name &&
                (spec.ports ?? []).some(
                  ({ name, port }) => (service.port.name ?? '') === name || service.port.number === port,
                ),
            ),
          ),
      );
    }),
  'a scaler has a deployment that leaves the number of replicas to it': (resources) =>
    failing(ofKind<ScaledObject>(resources, 'ScaledObject'), ({ spec }) => {
      const { minReplicaCount = 0, maxReplicaCount = 100 } = spec;
      const target = ofKind<Deployment>(resources, 'Deployment').find(
        ({ metadata }) => metadata.name === spec.scaleTargetRef.name,
      );
      return target !== undefined && target.spec.replicas === undefined && minReplicaCount <= maxReplicaCount;
    }),
  'a ServiceMonitor finds services': (resources) =>
    failing(ofKind(resources, 'ServiceMonitor'), ({ spec }) => {
      const { selector } = spec as { selector: { matchLabels?: Labels } };
      return ofKind<Service>(resources, 'Service').some(({ metadata }) =>
        selects(selector.matchLabels, metadata.labels),
      );
    }),
  'one namespace, which holds pods to the standard': (resources) => {
    const [namespace, ...others] = ofKind(resources, 'Namespace');
    if (namespace === undefined || others.length > 0) return ['Namespace'];
    const { name, labels } = namespace.metadata;
    const isHeld = labels?.['pod-security.kubernetes.io/enforce'] === 'restricted';
    return [
      ...(isHeld ? [] : [name]),
      ...failing(
        resources.filter((resource) => resource !== namespace),
        ({ metadata }) => metadata.namespace === name,
      ),
    ];
  },
  'an API version that is stable where it is one of Kubernetes': (resources) =>
    failing(resources, ({ apiVersion }) => {
      const [group = ''] = apiVersion.split('/');
      const isOfAnOperator = group.includes('.') && !group.endsWith('.k8s.io');
      return isOfAnOperator || !/alpha|beta/.test(apiVersion);
    }),
} satisfies Readonly<Record<string, ReferenceRule>>;

function failing<Kind extends Resource>(
  resources: readonly Kind[],
  holds: (resource: Kind) => boolean,
): readonly string[] {
  return resources.flatMap((resource) =>
    holds(resource) ? [] : [`${resource.kind} ${resource.metadata.name}`],
  );
}

function failingWorkloads(
  resources: readonly Resource[],
  holds: (pod: Workload['template']['spec']) => boolean,
): readonly string[] {
  return workloadsOf(resources).flatMap(({ resource, template }) =>
    holds(template.spec) ? [] : [`${resource.kind} ${resource.metadata.name}`],
  );
}

function opens(workloads: readonly Workload[], wanted: string | number): boolean {
  return workloads.every(({ template }) =>
    containersOf(template.spec).some(({ ports = [] }) =>
      ports.some(({ name, containerPort }) => name === wanted || containerPort === wanted),
    ),
  );
}

function isAbout({ spec }: DisruptionBudget, { template }: Workload): boolean {
  const wanted = spec.selector?.matchLabels ?? {};
  return Object.keys(wanted).length > 0 && selects(wanted, template.metadata?.labels);
}
