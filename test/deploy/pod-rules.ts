import type { Resource } from './render-overlay.js';

interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port?: string | number };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly privileged?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

export interface PodSpecification {
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly topologySpreadConstraints?: readonly { readonly topologyKey: string }[];
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly runAsUser?: number;
    readonly seccompProfile?: { readonly type?: string };
  };
  readonly containers: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly hostPath?: unknown;
    readonly secret?: { readonly secretName: string };
  }[];
}

export interface Deployment extends Resource {
  readonly spec: {
    readonly replicas?: number;
    readonly strategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly maxUnavailable?: number; readonly maxSurge?: number };
    };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: PodSpecification;
    };
  };
}

const podRules: Readonly<Record<string, (pod: PodSpecification) => boolean>> = {
  'runs as no root': ({ securityContext }) =>
    securityContext?.runAsNonRoot === true && (securityContext.runAsUser ?? 0) > 0,
  'seccomp of the runtime': ({ securityContext }) =>
    securityContext?.seccompProfile?.type === 'RuntimeDefault',
  'no service account token': ({ automountServiceAccountToken }) => automountServiceAccountToken === false,
  'nothing of the host': ({ hostNetwork, hostPID, volumes }) =>
    hostNetwork !== true &&
    hostPID !== true &&
    (volumes ?? []).every(({ hostPath }) => hostPath === undefined),
  'spread over hosts and zones': ({ topologySpreadConstraints }) =>
    (topologySpreadConstraints ?? []).length === 2,
  'more time to end than a drain takes': ({ terminationGracePeriodSeconds }) =>
    (terminationGracePeriodSeconds ?? 0) > 10,
};

const containerRules: Readonly<Record<string, (container: Container) => boolean>> = {
  'read-only root file system': ({ securityContext }) => securityContext?.readOnlyRootFilesystem === true,
  'no way to more privileges': ({ securityContext }) =>
    securityContext?.allowPrivilegeEscalation === false && securityContext.privileged !== true,
  'no capability': ({ securityContext }) =>
    securityContext?.capabilities?.drop?.includes('ALL') === true &&
    (securityContext.capabilities.add ?? []).length === 0,
  'an image of a fixed version': ({ image }) => /:(?!latest$)[\w.-]+$|@sha256:[0-9a-f]{64}$/.test(image),
  '256Mi and 250m asked, 512Mi and 500m at most': ({ resources }) =>
    JSON.stringify([
      resources?.requests?.['cpu'],
      resources?.requests?.['memory'],
      resources?.limits?.['cpu'],
      resources?.limits?.['memory'],
    ]) === JSON.stringify(['250m', '256Mi', '500m', '512Mi']),
  'probes on the endpoints there are': ({ startupProbe, livenessProbe, readinessProbe }) =>
    startupProbe?.httpGet?.path === '/live' &&
    livenessProbe?.httpGet?.path === '/live' &&
    readinessProbe?.httpGet?.path === '/ready',
  'no secret in the environment': ({ env }) =>
    (env ?? []).every(
      ({ name, value }) => !/PASSWORD|TOKEN|SECRET/.test(name) || value?.startsWith('/secrets/') === true,
    ),
};

/** @returns `<deployment>: <rule>` for each rule of a safe pod that does not hold */
export function findPodFaults(deployments: readonly Deployment[]): readonly string[] {
  return deployments.flatMap(({ metadata, spec }) => {
    const pod = spec.template.spec;
    const broken = [
      ...Object.entries(podRules).flatMap(([rule, holds]) => (holds(pod) ? [] : [rule])),
      ...pod.containers.flatMap((container) =>
        Object.entries(containerRules).flatMap(([rule, holds]) =>
          holds(container) ? [] : [`${container.name}: ${rule}`],
        ),
      ),
    ];
    return broken.map((rule) => `${metadata.name}: ${rule}`);
  });
}
