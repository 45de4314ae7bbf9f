import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declaredTopics } from '@rowbridge/connectors';
import { deployFolder, readRepositoryFile, readYamlDocuments, runCommand } from './deploy-folder.js';
import { findSchemaFaults } from './manifests/check-schemas.js';
import { findTypeFaults } from './manifests/check-types.js';
import { findPodFaults } from './manifests/find-manifest-faults.js';
import { ofKind, type Container, type PodSpecification, type Resource } from './manifests/resource.js';
import { kustomizeMissingBecause, renderOverlay } from './render-overlay.js';
import { describeUnless } from './skip-where-missing.js';

const folder = 'deploy/kubernetes/components/strimzi';

interface KafkaConnect extends Resource {
  readonly spec: {
    readonly config: Readonly<Record<string, unknown>>;
    readonly template: {
      readonly pod: Omit<PodSpecification, 'containers'>;
      readonly connectContainer: Omit<Container, 'name'>;
    };
  };
}

interface KafkaTopic extends Resource {
  readonly spec: {
    readonly topicName: string;
    readonly partitions: number;
    readonly replicas: number;
    readonly config: Readonly<Record<string, string>>;
  };
}

function readComponent(): readonly Resource[] {
  return ['kafka-connect.yaml', 'network-policy.yaml', 'connectors.yaml', 'topics.yaml'].flatMap((name) =>
    readYamlDocuments<Resource>(readRepositoryFile(`${folder}/${name}`)),
  );
}

describeUnless(kustomizeMissingBecause(), 'the overlay of Strimzi', () => {
  test('is every resource of the component, in the namespace of Kafka', () => {
    const rendered = renderOverlay('strimzi');
    expect(rendered.map(({ kind }) => kind).sort()).toEqual(
      readComponent()
        .map(({ kind }) => kind)
        .sort(),
    );
    expect(new Set(rendered.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['kafka']));
  });
});

describe("Strimzi's resources", () => {
  const resources = readComponent();

  test('hold to the schemas of the operator', async () => {
    expect(await findTypeFaults(resources)).toEqual([]);
    expect(await findSchemaFaults(resources)).toEqual([]);
  }, 120_000);

  test("let Connect's pods be as the Pod Security Standard wants them", () => {
    const [connect] = ofKind<KafkaConnect>(resources, 'KafkaConnect');
    const { pod, connectContainer } = connect?.spec.template ?? {};
    const container = { name: 'connect', ...connectContainer };
    expect(findPodFaults('KafkaConnect', { spec: { ...pod, containers: [container] } })).toEqual([]);
    expect(findPodFaults('KafkaConnect', { spec: { ...pod, containers: [{ name: 'connect' }] } })).toEqual([
      'Privilege Escalation: KafkaConnect: connect',
      'Capabilities: KafkaConnect: connect',
    ]);
  });

  test('are what the declarations of connectors and topics say', () => {
    const scratch = mkdtempSync(join(tmpdir(), 'rowbridge-strimzi-'));
    try {
      const { status } = runCommand(process.execPath, [
        join(deployFolder, 'kubernetes/write-strimzi.mjs'),
        scratch,
      ]);
      expect(status).toBe(0);
      for (const name of ['connectors.yaml', 'topics.yaml']) {
        expect(readFileSync(join(scratch, name), 'utf8')).toBe(readRepositoryFile(`${folder}/${name}`));
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });

  const topics = ofKind<KafkaTopic>(resources, 'KafkaTopic').map(({ spec }) => spec);

  test("declare every topic with its partitions: the connectors', then those the services share", () => {
    expect(topics.map(({ topicName, partitions }) => [topicName, partitions])).toEqual([
      ...declaredTopics('legacy-revamp').map(({ topic, partitions }) => [topic, partitions]),
      ['sync.dlq', 4],
      ['rowbridge.second-looks', 4],
      ['rowbridge.status', 1],
      ['rowbridge.control', 1],
      ['rowbridge.config', 1],
      ['rowbridge.replies', 1],
      ['rowbridge.replay.revamp-to-legacy', 4],
      ['rowbridge.replay.legacy-to-revamp', 4],
    ]);
  });

  test('keep every topic on three brokers, so that two take writes while one is lost', () => {
    for (const { topicName, replicas, config } of topics) {
      expect([topicName, replicas, config['min.insync.replicas']]).toEqual([topicName, 3, '2']);
    }
  });

  test('take records as large as Kafka Connect sends them, and dead letters of those', () => {
    const [connect] = ofKind<KafkaConnect>(resources, 'KafkaConnect');
    const sent = String(connect?.spec.config['producer.max.request.size']);
    expect(sent).toBe('33554432');
    const rows = topics.filter(({ topicName }) =>
      /^(legacy|revamp|sync|rowbridge\.replay)\./.test(topicName),
    );
    expect(rows).toHaveLength(11);
    for (const { topicName, config } of rows) {
      expect([topicName, config['max.message.bytes']]).toEqual([topicName, sent]);
    }
  });

  test('keep dead letters for good, and what is read by key compacted', () => {
    const configuration = Object.fromEntries(topics.map(({ topicName, config }) => [topicName, config]));
    expect(configuration['sync.dlq']).toMatchObject({ 'retention.ms': '-1' });
    expect(configuration['rowbridge.control']).toMatchObject({ 'cleanup.policy': 'compact' });
  });

  test('take the states the page on a replaced source gives them', async () => {
    const page = readRepositoryFile('docs/operations/source-failover.md');
    const patched = [
      ...page.matchAll(/kubectl -n kafka patch kafkaconnector (\S+) --type merge -p '(.+)'/g),
    ].map(([, name = '', patch = '']) => {
      const connector = resources.find(
        ({ kind, metadata }) => kind === 'KafkaConnector' && metadata.name === name,
      );
      if (!connector) throw new Error(`no connector ${name}`);
      const { spec } = JSON.parse(patch) as { spec: object };
      return { ...connector, spec: { ...(connector.spec as object), ...spec } };
    });
    expect(patched.map(({ spec }) => spec)).toMatchObject([{ state: 'stopped' }, { state: 'running' }]);
    expect(await findSchemaFaults(patched)).toEqual([]);
  }, 120_000);

  test('hold no password: the connectors read theirs from mounted secrets', () => {
    const text = readRepositoryFile(`${folder}/connectors.yaml`);
    expect([...text.matchAll(/database\.password: (.+)$/gm)].map(([, value]) => value)).toEqual([
      '${secrets:/mnt/legacy-capture:password}',
      '${secrets:/mnt/revamp-capture:password}',
    ]);
  });

  test('give Kafka Connect the converter the compose file has', () => {
    const properties = readRepositoryFile('deploy/docker/connect/connect-distributed.properties');
    const converter = [...properties.matchAll(/^((?:key|value)\.converter\S*?)=(.*)$/gm)].filter(
      ([, name]) => !name?.endsWith('.url'),
    );
    const connect = readRepositoryFile(`${folder}/kafka-connect.yaml`);
    expect(converter).toHaveLength(12);
    for (const [, name, value] of converter) expect(connect).toContain(`${name}: ${value}\n`);
  });
});
