/** What tests look at of any resource. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Labels;
    readonly annotations?: Labels;
  };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

export type Labels = Readonly<Record<string, string>>;

export interface SecurityContext {
  readonly allowPrivilegeEscalation?: boolean;
  readonly appArmorProfile?: { readonly type?: string };
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly fsGroup?: number;
  readonly privileged?: boolean;
  readonly procMount?: string;
  readonly readOnlyRootFilesystem?: boolean;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly seccompProfile?: { readonly type?: string };
  readonly supplementalGroups?: readonly number[];
  readonly sysctls?: readonly { readonly name: string }[];
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

/** What a probe or a hook does. */
export interface Action {
  readonly httpGet?: { readonly path?: string; readonly port?: string | number; readonly host?: string };
  readonly tcpSocket?: { readonly port?: string | number; readonly host?: string };
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly hostPort?: number;
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string } }[];
  readonly ports?: readonly ContainerPort[];
  readonly lifecycle?: { readonly postStart?: Action; readonly preStop?: Action };
  readonly startupProbe?: Action;
  readonly livenessProbe?: Action;
  readonly readinessProbe?: Action;
  readonly resources?: { readonly requests?: Labels; readonly limits?: Labels };
  readonly securityContext?: SecurityContext;
  readonly volumeMounts?: readonly { readonly name: string }[];
}

export interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly sizeLimit?: string };
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly secret?: { readonly secretName: string };
  readonly [type: string]: unknown;
}

export interface PodSpecification {
  readonly automountServiceAccountToken?: boolean;
  readonly containers: readonly Container[];
  readonly enableServiceLinks?: boolean;
  readonly ephemeralContainers?: readonly Container[];
  readonly hostIPC?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly initContainers?: readonly Container[];
  readonly securityContext?: SecurityContext;
  readonly serviceAccount?: string;
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly topologySpreadConstraints?: readonly { readonly topologyKey: string }[];
  readonly volumes?: readonly Volume[];
}

export interface PodTemplate {
  readonly metadata?: { readonly labels?: Labels; readonly annotations?: Labels };
  readonly spec: PodSpecification;
}

export interface Deployment extends Resource {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels?: Labels };
    readonly strategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly maxUnavailable?: number; readonly maxSurge?: number };
    };
    readonly template: PodTemplate;
  };
}

/** A resource that makes pods, and their template. */
export interface Workload {
  readonly resource: Resource;
  readonly template: PodTemplate;
}

/** Every resource that makes pods: what has a template of one, a CronJob's job, and a Pod itself. */
export function workloadsOf(resources: readonly Resource[]): readonly Workload[] {
  return resources.flatMap((resource) => {
    if (resource.kind === 'Pod') return [{ resource, template: resource as unknown as PodTemplate }];
    const spec = resource.spec as
      { template?: PodTemplate; jobTemplate?: { spec: { template: PodTemplate } } } | undefined;
    const template = spec?.jobTemplate?.spec.template ?? spec?.template;
    return template?.spec?.containers === undefined ? [] : [{ resource, template }];
  });
}

export function containersOf(pod: PodSpecification): readonly Container[] {
  return [...pod.containers, ...(pod.initContainers ?? []), ...(pod.ephemeralContainers ?? [])];
}

export function ofKind<Kind extends Resource>(resources: readonly Resource[], kind: string): readonly Kind[] {
  return resources.filter((resource) => resource.kind === kind) as unknown as readonly Kind[];
}

/** Whether labels are what a selector asks for; a selector that asks for nothing takes all. */
export function selects(wanted: Labels | undefined, labels: Labels | undefined): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels?.[key] === value);
}
