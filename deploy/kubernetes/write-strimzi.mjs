/**
 * Writes the topics and connectors of the Strimzi component from their declarations, so that they are declared once:
 * npx tsc -b && node deploy/kubernetes/write-strimzi.mjs. A test fails when they differ.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { declaredTopics, legacyConnector, revampConnector } from '@rowbridge/connectors';
import { ownTopicDeclarations } from '@rowbridge/direction-host';
import { takingLargeRecords } from '@rowbridge/kafka';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { stringify } from 'yaml';

const namespace = 'kafka';
const brokers = ['rowbridge-kafka-bootstrap.kafka.svc:9092'];

/** Kafka Connect reads the value from a file of a mounted Secret. */
const secret = (name) => `\${secrets:/mnt/${name}:password}`;

const connectors = [
  legacyConnector({
    brokers,
    database: {
      host: 'legacy-database.databases.svc',
      port: 5432,
      database: 'legacy_db',
      user: 'rowbridge_capture',
      password: secret('legacy-capture'),
    },
    logOriginGuard: true,
  }),
  revampConnector({
    brokers,
    engine: 'mysql',
    database: {
      host: 'revamp-database.databases.svc',
      port: 3306,
      database: 'revamp_db',
      user: 'rowbridge_capture',
      password: secret('revamp-capture'),
    },
  }),
].map(({ name, configuration }) => {
  const { 'connector.class': connectorClass, 'tasks.max': tasks = '1', ...config } = configuration;
  delete config.name;
  return {
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'KafkaConnector',
    metadata: { name, namespace, labels: { 'strimzi.io/cluster': 'rowbridge-connect' } },
    spec: {
      class: connectorClass,
      tasksMax: Number(tasks),
      autoRestart: { enabled: true, maxRestarts: 10 },
      config,
    },
  };
});

const directions = Object.values(legacyRevamp.sides).map(({ writtenBy }) => writtenBy.direction);

// The services make their own topics where these are missing; made here, they have as many replicas as the others.
const topics = [
  ...declaredTopics('legacy-revamp').map(takingLargeRecords),
  ...ownTopicDeclarations(directions, 'sync.dlq'),
].map(({ topic, partitions, configuration }) => ({
  apiVersion: 'kafka.strimzi.io/v1',
  kind: 'KafkaTopic',
  metadata: {
    name: topic
      .toLowerCase()
      .replaceAll(/[^a-z0-9.-]+/g, '-')
      .replace(/^-+/, ''),
    namespace,
    labels: { 'strimzi.io/cluster': 'rowbridge' },
  },
  spec: {
    topicName: topic,
    partitions,
    replicas: 3,
    config: { ...configuration, 'min.insync.replicas': '2' },
  },
}));

const head =
  '# Written by deploy/kubernetes/write-strimzi.mjs from the declarations in connectors/; change those.\n';
const folder = join(import.meta.dirname, 'components/strimzi');
const write = (name, resources) =>
  writeFileSync(
    join(process.argv[2] ?? folder, name),
    head +
      resources.map((resource) => stringify(resource, { lineWidth: 0, singleQuote: true })).join('---\n'),
  );
write('connectors.yaml', connectors);
write('topics.yaml', topics);
