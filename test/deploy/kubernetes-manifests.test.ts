import { declaredTopics } from '@rowbridge/connectors';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { findSchemaFaults } from './manifests/check-schemas.js';
import { findTypeFaults } from './manifests/check-types.js';
import { findManifestFaults } from './manifests/find-manifest-faults.js';
import { readBase } from './manifests/read-base.js';
import { ofKind, type Deployment, type Resource } from './manifests/resource.js';
import { kustomizeMissingBecause, renderOverlay } from './render-overlay.js';
import { describeUnless } from './skip-where-missing.js';

const schemaCheckLimitMs = 120_000;

interface ScaledObject extends Resource {
  readonly spec: {
    readonly scaleTargetRef: { readonly name: string };
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly triggers: readonly { readonly metadata: Readonly<Record<string, string>> }[];
  };
}

describeUnless(kustomizeMissingBecause(), 'the Kubernetes overlays', () => {
  describe.each(['dev', 'production'])('%s', (overlay) => {
    const resources = kustomizeMissingBecause() === undefined ? renderOverlay(overlay) : [];
    const deployments = ofKind<Deployment>(resources, 'Deployment');

    test(
      'holds to the schemas of Kubernetes and its operators',
      async () => {
        expect(await findTypeFaults(resources)).toEqual([]);
        expect(await findSchemaFaults(resources)).toEqual([]);
      },
      schemaCheckLimitMs,
    );

    test('runs every service there is', () => {
      expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual([
        'control-api',
        'legacy-to-revamp',
        'revamp-to-legacy',
      ]);
    });

    test('holds to the Pod Security Standard and every other rule', () => {
      expect(findManifestFaults(resources)).toEqual([]);
    });

    test('gives every deployment a service and its settings', () => {
      const services = ofKind(resources, 'Service').map(({ metadata }) => metadata.name);
      for (const { metadata } of deployments) expect(services).toContain(metadata.name);
      const settings = ofKind(resources, 'ConfigMap').find(({ metadata }) =>
        metadata.name.startsWith('rowbridge-'),
      );
      expect(settings?.data).toMatchObject({ DB_LEGACY_ENGINE: 'postgres', DB_REVAMP_ENGINE: 'mysql' });
    });

    test('holds no secret, only references to some', () => {
      expect(ofKind(resources, 'Secret')).toEqual([]);
      const text = JSON.stringify(resources);
      expect(text).toContain('rowbridge-legacy-database');
      expect(text).not.toMatch(/:\/\/[^/"\s]+:[^/"\s@]+@/);
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

describe('the base, where no kubectl renders it', () => {
  test(
    'holds to the schemas of Kubernetes',
    async () => {
      const base = readBase();
      expect(await findTypeFaults(base)).toEqual([]);
      expect(await findSchemaFaults(base)).toEqual([]);
    },
    schemaCheckLimitMs,
  );
});

describe('the checks by schema', () => {
  const resource = (apiVersion: string, kind: string, spec: object): Resource => ({
    apiVersion,
    kind,
    metadata: { name: 'broken' },
    spec,
  });
  const service = (port: object): Resource => resource('v1', 'Service', { ports: [port] });

  test(
    'find an unknown field, and say where',
    async () => {
      expect(await findTypeFaults([service({ port: 80, protocoll: 'TCP' })])).toEqual([
        expect.stringMatching(/^Service broken: .*protocoll/),
      ]);
    },
    schemaCheckLimitMs,
  );

  test.each([
    [
      'a field that is missing',
      service({ name: 'http' }),
      '/spec/ports/0: required {"missingProperty":"port"}',
    ],
    ['a word that is not allowed', service({ port: 80, protocol: 'HTTP' }), '/spec/ports/0/protocol: enum'],
    [
      'a number out of its format',
      service({ port: 2 ** 31 }),
      '/spec/ports/0/port: format {"format":"int32"}',
    ],
    [
      'a quantity that is none',
      resource('v1', 'PersistentVolumeClaim', { resources: { requests: { storage: '2 Gi' } } }),
      '/spec/resources/requests/storage: format {"format":"quantity"}',
    ],
    [
      'a duration that is not of the pattern of its operator',
      resource('monitoring.coreos.com/v1', 'PrometheusRule', {
        groups: [{ name: 'group', interval: '15 seconds' }],
      }),
      '/spec/groups/0/interval: pattern',
    ],
    [
      'a number below what an operator allows',
      resource('kafka.strimzi.io/v1', 'KafkaTopic', { partitions: 0, replicas: 1 }),
      '/spec/partitions: minimum',
    ],
  ])('find %s, and say where', async (_title, broken, fault) => {
    expect((await findSchemaFaults([broken])).join('\n')).toContain(`${broken.kind} broken: ${fault}`);
  });
});
