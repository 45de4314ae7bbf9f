import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declaredTopics } from '@rowbridge/connectors';
import { findTypeFaults } from './check-resource-types.js';
import { deployFolder, readRepositoryFile, readYamlDocuments, runCommand } from './deploy-folder.js';
import type { Resource } from './render-overlay.js';

const folder = 'deploy/kubernetes/components/strimzi';

interface KafkaTopic extends Resource {
  readonly spec: { readonly topicName: string; readonly partitions: number };
}

describe("Strimzi's resources", () => {
  const resources = ['kafka-connect.yaml', 'connectors.yaml', 'topics.yaml'].flatMap((name) =>
    readYamlDocuments<Resource>(readRepositoryFile(`${folder}/${name}`)),
  );

  test('hold to the types of the operator', async () => {
    expect(await findTypeFaults(resources)).toEqual([]);
  }, 120_000);

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

  test('declare every topic with its partitions', () => {
    const topics = resources.filter(({ kind }) => kind === 'KafkaTopic') as unknown as KafkaTopic[];
    expect(topics.map(({ spec }) => [spec.topicName, spec.partitions])).toEqual(
      declaredTopics('legacy-revamp').map(({ topic, partitions }) => [topic, partitions]),
    );
  });

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
