import { declaredTopics } from '@rowbridge/connectors';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { findTypeFaults } from './check-resource-types.js';
import { findPodFaults, type Deployment } from './pod-rules.js';
import { kustomizeMissingBecause, renderOverlay, type Resource } from './render-overlay.js';
import { describeUnless } from './skip-where-missing.js';

const typeCheckLimitMs = 120_000;

interface ScaledObject extends Resource {
  readonly spec: {
    readonly scaleTargetRef: { readonly name: string };
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly triggers: readonly { readonly metadata: Readonly<Record<string, string>> }[];
  };
}

interface NetworkPolicy extends Resource {
  readonly spec: {
    readonly podSelector: object;
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly { readonly from?: readonly object[]; readonly ports?: readonly object[] }[];
    readonly egress?: readonly { readonly to?: readonly object[]; readonly ports?: readonly object[] }[];
  };
}

function ofKind<Kind extends Resource>(resources: readonly Resource[], kind: string): readonly Kind[] {
  return resources.filter((resource) => resource.kind === kind) as unknown as readonly Kind[];
}

const isEmpty = (content: object): boolean => Object.keys(content).length === 0;

describeUnless(kustomizeMissingBecause(), 'the Kubernetes overlays', () => {
  describe.each(['dev', 'production'])('%s', (overlay) => {
    const resources = kustomizeMissingBecause() === undefined ? renderOverlay(overlay) : [];
    const deployments = ofKind<Deployment>(resources, 'Deployment');

    test(
      'holds to the types of Kubernetes and its operators',
      async () => {
        expect(await findTypeFaults(resources)).toEqual([]);
      },
      typeCheckLimitMs,
    );

    test('runs every service there is', () => {
      expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual([
        'control-api',
        'legacy-to-revamp',
        'revamp-to-legacy',
      ]);
    });

    test('keeps every rule of a safe pod', () => {
      expect(findPodFaults(deployments)).toEqual([]);
    });

    test('gives every deployment a service, a disruption budget and what it refers to', () => {
      const names = (kind: string): string[] => ofKind(resources, kind).map(({ metadata }) => metadata.name);
      for (const { metadata } of deployments) {
        expect(names('Service')).toContain(metadata.name);
        expect(names('PodDisruptionBudget')).toContain(metadata.name);
      }
      const settings = ofKind(resources, 'ConfigMap').find(({ metadata }) =>
        metadata.name.startsWith('rowbridge-'),
      );
      expect(JSON.stringify(deployments)).toContain(settings?.metadata.name);
      expect(settings?.data).toMatchObject({ DB_LEGACY_ENGINE: 'postgres', DB_REVAMP_ENGINE: 'mysql' });
    });

    test('holds no secret, only references to some', () => {
      expect(ofKind(resources, 'Secret')).toEqual([]);
      const text = JSON.stringify(resources);
      expect(text).toContain('rowbridge-legacy-database');
      expect(text).not.toMatch(/:\/\/[^/"\s]+:[^/"\s@]+@/);
    });

    test('denies all traffic but what is named', () => {
      const policies = ofKind<NetworkPolicy>(resources, 'NetworkPolicy');
      const deny = policies.find(({ metadata }) => metadata.name === 'default-deny');
      expect(deny?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
      for (const { metadata, spec } of policies.filter((policy) => policy !== deny)) {
        const rules = [
          ...(spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports })),
          ...(spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports })),
        ];
        // Without peers or ports, or with an empty list of them, a rule opens everything.
        for (const { peers = [], ports = [] } of rules) {
          const isNarrow = peers.length > 0 && ports.length > 0 && peers.every((peer) => !isEmpty(peer));
          expect([metadata.name, isNarrow]).toEqual([metadata.name, true]);
        }
      }
    });

    test('publishes the control API over TLS only', () => {
      const [ingress] = ofKind<Resource>(resources, 'Ingress');
      const spec = ingress?.spec as {
        tls: { hosts: string[]; secretName: string }[];
        rules: { host: string }[];
      };
      expect(spec.tls[0]?.hosts).toEqual(spec.rules.map(({ host }) => host));
      expect(spec.tls[0]?.secretName).toBe('rowbridge-control-api-tls');
    });

    test('starts a new direction before the old one ends, and only one control API on its file', () => {
      for (const { metadata, spec } of deployments.filter(({ metadata: { name } }) =>
        name.includes('-to-'),
      )) {
        expect([metadata.name, spec.strategy?.rollingUpdate]).toEqual([
          metadata.name,
          { maxUnavailable: 0, maxSurge: 1 },
        ]);
      }
      const [api] = deployments.filter(({ metadata: { name } }) => name === 'control-api');
      const onFile = JSON.stringify(api).includes('sqlite:');
      expect([api?.spec.replicas, api?.spec.strategy?.type]).toEqual([
        1,
        onFile ? 'Recreate' : 'RollingUpdate',
      ]);
    });
  });

  test('production scales directions by their own group, never beyond the partitions', () => {
    const resources = kustomizeMissingBecause() === undefined ? renderOverlay('production') : [];
    const partitions = Math.min(
      ...declaredTopics('legacy-revamp')
        .filter(({ topic }) => /_users$|_posts$|_likes$/.test(topic))
        .map((topic) => topic.partitions),
    );
    const groups = Object.values(legacyRevamp.sides).map(({ writtenBy }) => writtenBy);
    const scaled = ofKind<ScaledObject>(resources, 'ScaledObject');
    expect(scaled).toHaveLength(2);
    for (const { spec } of scaled) {
      const [trigger] = spec.triggers;
      expect(spec.maxReplicaCount).toBeLessThanOrEqual(partitions);
      expect(trigger?.metadata).toMatchObject({ excludePersistentLag: 'true', allowIdleConsumers: 'false' });
      expect(groups).toContainEqual({
        direction: spec.scaleTargetRef.name,
        consumerGroup: trigger?.metadata['consumerGroup'],
      });
    }
    const directions = ofKind<Deployment>(resources, 'Deployment').filter(({ metadata }) =>
      metadata.name.includes('-to-'),
    );
    expect(directions.map(({ spec }) => spec.replicas)).toEqual([undefined, undefined]);
  });
});

describe('the checks of manifests', () => {
  const broken = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'broken' },
    spec: {
      selector: {},
      template: {
        metadata: { labels: {} },
        spec: { containers: [{ name: 'service', image: 'service:latest', liveness: {} }] },
      },
    },
  };

  test(
    'find an unknown field, and say where',
    async () => {
      expect(await findTypeFaults([broken])).toEqual([
        expect.stringMatching(/^Deployment broken: .*liveness/),
      ]);
    },
    typeCheckLimitMs,
  );

  test('find everything an unsafe pod lacks', () => {
    const faults = findPodFaults([broken as unknown as Deployment]);
    expect(faults).toContain('broken: runs as no root');
    expect(faults).toContain('broken: service: an image of a fixed version');
    expect(faults).toContain('broken: service: read-only root file system');
    expect(faults.length).toBeGreaterThanOrEqual(10);
  });
});
