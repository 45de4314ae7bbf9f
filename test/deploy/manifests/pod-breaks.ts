/** A change that must break a rule: of which resource, where, to what (nothing: taken away). */
export type Break = readonly [rule: string, resource: string, path: string, value?: unknown];

const direction = 'Deployment legacy-to-revamp';
const pod = 'spec.template.spec';
const container = `${pod}.containers.0`;

/** For each rule of a pod the changes that must break it. */
export const podBreaks: readonly Break[] = [
  ['HostProcess', direction, `${pod}.securityContext.windowsOptions`, { hostProcess: true }],
  ['Host Namespaces', direction, `${pod}.hostNetwork`, true],
  ['Host Namespaces', direction, `${pod}.hostPID`, true],
  ['Host Namespaces', direction, `${pod}.hostIPC`, true],
  ['Privileged Containers', direction, `${container}.securityContext.privileged`, true],
  ['HostPath Volumes', direction, `${pod}.volumes.0`, { name: 'temporary', hostPath: { path: '/run' } }],
  ['Host Ports', direction, `${container}.ports.0.hostPort`, 8080],
  ['Host Probes / Lifecycle Hooks', direction, `${container}.livenessProbe.httpGet.host`, '169.254.169.254'],
  [
    'Host Probes / Lifecycle Hooks',
    direction,
    `${container}.lifecycle`,
    { preStop: { tcpSocket: { host: 'node', port: 22 } } },
  ],
  ['AppArmor', direction, `${container}.securityContext.appArmorProfile`, { type: 'Unconfined' }],
  [
    'AppArmor',
    direction,
    'spec.template.metadata.annotations',
    { 'container.apparmor.security.beta.kubernetes.io/legacy-to-revamp': 'unconfined' },
  ],
  ['SELinux', direction, `${pod}.securityContext.seLinuxOptions`, { type: 'spc_t' }],
  ['SELinux', direction, `${container}.securityContext.seLinuxOptions`, { role: 'sysadm_r' }],
  ['/proc Mount Type', direction, `${container}.securityContext.procMount`, 'Unmasked'],
  ['Sysctls', direction, `${pod}.securityContext.sysctls`, [{ name: 'kernel.msgmax', value: '1' }]],
  ['Volume Types', direction, `${pod}.volumes.0`, { name: 'temporary', nfs: { server: 'nfs', path: '/' } }],
  ['Privilege Escalation', direction, `${container}.securityContext.allowPrivilegeEscalation`],
  ['Privilege Escalation', direction, `${container}.securityContext`],
  ['Running as Non-root', direction, `${pod}.securityContext.runAsNonRoot`],
  ['Running as Non-root', direction, `${container}.securityContext.runAsNonRoot`, false],
  [
    'Running as Non-root',
    direction,
    `${pod}.initContainers`,
    [{ name: 'first', securityContext: { runAsNonRoot: false } }],
  ],
  ['Running as Non-root user', direction, `${pod}.securityContext.runAsUser`, 0],
  ['Seccomp', direction, `${pod}.securityContext.seccompProfile`],
  ['Seccomp', direction, `${container}.securityContext.seccompProfile`, { type: 'Unconfined' }],
  ['Capabilities', direction, `${container}.securityContext.capabilities.drop`, ['NET_RAW']],
  ['Capabilities', direction, `${container}.securityContext.capabilities.add`, ['SYS_ADMIN']],

  ['its own pods are selected', direction, 'spec.selector.matchLabels', { app: 'another' }],
  [
    'a service account of its own, by the field that is not deprecated',
    direction,
    `${pod}.serviceAccountName`,
  ],
  [
    'a service account of its own, by the field that is not deprecated',
    direction,
    `${pod}.serviceAccount`,
    'rowbridge',
  ],
  ['no service account token', direction, `${pod}.automountServiceAccountToken`],
  ['no addresses of services in the environment', direction, `${pod}.enableServiceLinks`],
  ['spread over hosts and zones', direction, `${pod}.topologySpreadConstraints.1`, { topologyKey: 'rack' }],
  ['more time to end than a drain takes', direction, `${pod}.terminationGracePeriodSeconds`, 10],
  ['no group of root', direction, `${pod}.securityContext.runAsGroup`],
  ['no group of root', direction, `${pod}.securityContext.supplementalGroups`, [0]],
  ['an upper limit for every emptyDir', direction, `${pod}.volumes.0.emptyDir`, {}],
  ['volumes that are mounted, and mounts of volumes there are', direction, `${pod}.volumes.0.name`, 'other'],
  ['a read-only root file system', direction, `${container}.securityContext.readOnlyRootFilesystem`],
  ['an image of a fixed version', direction, `${container}.image`, 'rowbridge/legacy-to-revamp:latest'],
  ['an image of a fixed version', direction, `${container}.image`, 'rowbridge/legacy-to-revamp'],
  [
    'CPU and memory asked for and limited, no more asked for than allowed',
    direction,
    `${container}.resources.limits.memory`,
  ],
  [
    'CPU and memory asked for and limited, no more asked for than allowed',
    direction,
    `${container}.resources.requests.cpu`,
    '2',
  ],
  ['three probes, on ports that the container opens', direction, `${container}.readinessProbe`],
  [
    'three probes, on ports that the container opens',
    direction,
    `${container}.startupProbe.httpGet.port`,
    9090,
  ],
  [
    'no port that is kept for root, that of SSH among them',
    direction,
    `${container}.ports.0.containerPort`,
    22,
  ],
  ['no variable twice', direction, `${container}.env.1.name`, 'DB_LEGACY_PASSWORD_FILE'],
  ['secrets as files, not in the environment', direction, `${container}.env.0.value`, 'hunter2'],
  [
    'secrets as files, not in the environment',
    direction,
    `${container}.env.0`,
    { name: 'PLAIN', valueFrom: { secretKeyRef: { name: 'rowbridge-legacy-database', key: 'password' } } },
  ],
  ['256Mi and 250m asked for, 512Mi and 500m at most', direction, `${container}.resources.limits.cpu`, '2'],
  ['probes on the endpoints there are', direction, `${container}.livenessProbe.httpGet.path`, '/ready'],
];
