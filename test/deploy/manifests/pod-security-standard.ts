import {
  containersOf,
  type Action,
  type Container,
  type PodTemplate,
  type SecurityContext,
} from './resource.js';

/** Says for which containers (by name), or for the pod, it does not hold; nothing where it holds. */
type Control = (template: PodTemplate) => readonly string[];

const safeSysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];
const volumeTypes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

/**
 * The Pod Security Standard `restricted`, which contains `baseline`: every control of
 * kubernetes.io/docs/concepts/security/pod-security-standards (Kubernetes 1.34), by the name it has there. A cluster
 * refuses pods that break one where the namespace is labelled so.
 */
export const podSecurityStandard = {
  HostProcess: ofContexts(({ windowsOptions }) => windowsOptions?.hostProcess !== true),
  'Host Namespaces': ({ spec: { hostNetwork, hostPID, hostIPC } }) =>
    [hostNetwork, hostPID, hostIPC].includes(true) ? ['pod'] : [],
  'Privileged Containers': ofContainers(({ securityContext }) => securityContext?.privileged !== true),
  'HostPath Volumes': ({ spec }) =>
    (spec.volumes ?? []).flatMap(({ name, hostPath }) => (hostPath === undefined ? [] : [name])),
  'Host Ports': ofContainers(({ ports = [] }) => ports.every(({ hostPort = 0 }) => hostPort === 0)),
  'Host Probes / Lifecycle Hooks': ofContainers((container) => actionsOf(container).every(namesNoHost)),
  AppArmor: (template) => [
    ...ofContexts(({ appArmorProfile }) =>
      [undefined, 'RuntimeDefault', 'Localhost'].includes(appArmorProfile?.type),
    )(template),
    ...Object.entries(template.metadata?.annotations ?? {}).flatMap(([key, value]) =>
      key.startsWith('container.apparmor.security.beta.kubernetes.io/') &&
      !/^(runtime\/default|localhost\/.+)$/.test(value)
        ? [key]
        : [],
    ),
  ],
  SELinux: ofContexts(
    ({ seLinuxOptions: { type = '', user = '', role = '' } = {} }) =>
      seLinuxTypes.includes(type) && user === '' && role === '',
  ),
  '/proc Mount Type': ofContainers(({ securityContext }) =>
    [undefined, 'Default'].includes(securityContext?.procMount),
  ),
  Sysctls: ({ spec }) =>
    (spec.securityContext?.sysctls ?? []).flatMap(({ name }) => (safeSysctls.includes(name) ? [] : [name])),
  'Volume Types': ({ spec }) =>
    (spec.volumes ?? []).flatMap((volume) =>
      volumeTypes.some((type) => volume[type] !== undefined) ? [] : [volume.name],
    ),
  'Privilege Escalation': ofContainers(
    ({ securityContext }) => securityContext?.allowPrivilegeEscalation === false,
  ),
  'Running as Non-root': ofContainers(
    ({ securityContext }, pod) => (securityContext?.runAsNonRoot ?? pod?.runAsNonRoot) === true,
  ),
  'Running as Non-root user': ofContexts(({ runAsUser }) => runAsUser !== 0),
  Seccomp: ofContainers(({ securityContext }, pod) =>
    ['RuntimeDefault', 'Localhost'].includes(
      (securityContext?.seccompProfile ?? pod?.seccompProfile)?.type ?? '',
    ),
  ),
  Capabilities: ofContainers(
    ({ securityContext: { capabilities } = {} }) =>
      capabilities?.drop?.includes('ALL') === true &&
      (capabilities.add ?? []).every((name) => name === 'NET_BIND_SERVICE'),
  ),
} satisfies Readonly<Record<string, Control>>;

function ofContainers(holds: (container: Container, pod: SecurityContext | undefined) => boolean): Control {
  return ({ spec }) =>
    containersOf(spec).flatMap((container) =>
      holds(container, spec.securityContext) ? [] : [container.name],
    );
}

/** For controls that hold for the pod's context and for that of each container. */
function ofContexts(holds: (context: SecurityContext) => boolean): Control {
  return ({ spec }) =>
    [{ name: 'pod', securityContext: spec.securityContext }, ...containersOf(spec)].flatMap(
      ({ name, securityContext }) => (holds(securityContext ?? {}) ? [] : [name]),
    );
}

function actionsOf({ lifecycle, startupProbe, livenessProbe, readinessProbe }: Container): readonly Action[] {
  return [startupProbe, livenessProbe, readinessProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(
    (action) => action ?? [],
  );
}

function namesNoHost({ httpGet, tcpSocket }: Action): boolean {
  return (httpGet?.host ?? '') === '' && (tcpSocket?.host ?? '') === '';
}
