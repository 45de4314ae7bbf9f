import type { Break } from './pod-breaks.js';

const direction = 'Deployment legacy-to-revamp';
const container = 'spec.template.spec.containers.0';

/** For each rule of resources, of traffic and of values the changes that must break it. */
export const resourceBreaks: readonly Break[] = [
  [
    'a service has pods behind it, and they open its ports',
    'Service legacy-to-revamp',
    'spec.selector',
    { app: 'another' },
  ],
  [
    'a service has pods behind it, and they open its ports',
    'Service legacy-to-revamp',
    'spec.ports.0.targetPort',
    'metrics',
  ],
  ['a service is open to the cluster only', 'Service control-api', 'spec.type', 'LoadBalancer'],
  ['a service account exists', 'ServiceAccount rowbridge', 'metadata.name', 'another'],
  ['a ConfigMap and a volume claim exist', 'ConfigMap rowbridge', 'metadata.name', 'another'],
  [
    'a ConfigMap and a volume claim exist',
    'PersistentVolumeClaim rowbridge-control-store',
    'metadata.name',
    'another',
  ],
  [
    'every deployment has one disruption budget',
    'PodDisruptionBudget control-api',
    'spec.selector.matchLabels',
    { 'app.kubernetes.io/name': 'legacy-to-revamp' },
  ],
  [
    'a disruption budget is about pods there are, and lets one of them go',
    'PodDisruptionBudget control-api',
    'spec.selector.matchLabels',
    { app: 'another' },
  ],
  [
    'a disruption budget is about pods there are, and lets one of them go',
    'PodDisruptionBudget control-api',
    'spec.maxUnavailable',
    0,
  ],
  [
    'a disruption budget keeps no pod that is not ready',
    'PodDisruptionBudget control-api',
    'spec.unhealthyPodEvictionPolicy',
  ],
  [
    'an ingress leads to services there are, over TLS for each of its hosts',
    'Ingress control-api',
    'spec.tls',
    [],
  ],
  [
    'an ingress leads to services there are, over TLS for each of its hosts',
    'Ingress control-api',
    'spec.rules.0.host',
    'another.example.com',
  ],
  [
    'an ingress leads to services there are, over TLS for each of its hosts',
    'Ingress control-api',
    'spec.rules.0.http.paths.0.backend.service.name',
    'another',
  ],
  [
    'a scaler has a deployment that leaves the number of replicas to it',
    'ScaledObject legacy-to-revamp',
    'spec.scaleTargetRef.name',
    'another',
  ],
  ['a scaler has a deployment that leaves the number of replicas to it', direction, 'spec.replicas', 2],
  [
    'a ServiceMonitor finds services',
    'ServiceMonitor rowbridge',
    'spec.selector.matchLabels',
    { app: 'another' },
  ],
  ['one namespace, which holds pods to the standard', 'Namespace rowbridge', 'metadata.labels', {}],
  ['one namespace, which holds pods to the standard', direction, 'metadata.namespace', 'default'],
  [
    'an API version that is stable where it is one of Kubernetes',
    direction,
    'apiVersion',
    'extensions/v1beta1',
  ],

  ['everything is denied first', 'NetworkPolicy default-deny', 'spec.policyTypes', ['Ingress']],
  [
    'a network policy is about pods there are',
    'NetworkPolicy egress-dns',
    'spec.podSelector.matchLabels',
    { app: 'another' },
  ],
  ['a rule of a network policy names peers and ports', 'NetworkPolicy egress-dns', 'spec.egress.0.ports'],
  [
    'a rule of a network policy names peers and ports',
    'NetworkPolicy egress-kafka',
    'spec.egress.0.to',
    [{ namespaceSelector: {} }],
  ],
  [
    'a rule of a network policy names peers and ports',
    'NetworkPolicy egress-kafka',
    'spec.egress.0.to',
    [{ ipBlock: { cidr: '0.0.0.0/0' } }],
  ],

  ['names that are names of domains', direction, 'metadata.name', 'Legacy_to_revamp'],
  ['names that are names of domains', 'Service control-api', 'metadata.name', 'control.api'],
  [
    'labels of at most 63 letters, digits, dots, dashes and underscores',
    direction,
    'metadata.labels.team',
    'a b',
  ],
  [
    'labels of at most 63 letters, digits, dots, dashes and underscores',
    direction,
    'spec.template.metadata.labels.team',
    'a'.repeat(64),
  ],
  [
    'annotations with keys like those of labels',
    'Ingress control-api',
    'metadata.annotations',
    { 'a key': 'a' },
  ],
  ['ports from 1 to 65535', 'Service control-api', 'spec.ports.0.port', 65_536],
  ['ports from 1 to 65535', direction, `${container}.ports.0.containerPort`, 0],
  [
    'names of ports of at most 15 small letters, digits and dashes, one letter at least',
    direction,
    `${container}.ports.0.name`,
    'http-of-this-service',
  ],
  ['names of variables that a shell could have', direction, `${container}.env.0.name`, 'a name'],
  [
    'amounts of CPU, memory and storage that mean what they say',
    direction,
    `${container}.resources.limits.memory`,
    '512m',
  ],
  [
    'amounts of CPU, memory and storage that mean what they say',
    direction,
    `${container}.resources.limits.cpu`,
    '500MHz',
  ],
  [
    'amounts of CPU, memory and storage that mean what they say',
    'PersistentVolumeClaim rowbridge-control-store',
    'spec.resources.requests.storage',
    '2 Gi',
  ],
  [
    'schedules that a clock can follow',
    'ScaledObject legacy-to-revamp',
    'spec.triggers.0',
    { type: 'cron', metadata: { start: '0 25 * * *', end: '0 6 * * *' } },
  ],
];
