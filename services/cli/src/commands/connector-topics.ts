import { declaredTopics } from '@rowbridge/connectors';
import { connectKafka, takingLargeRecords, type KafkaAdmin, type TopicDeclaration } from '@rowbridge/kafka';
import { readConnectorsConfiguration, type DeclarationSources } from '../declared-connectors.js';
import type { Output } from '../output.js';

export interface TopicSources extends DeclarationSources {
  /** Brokers as they are reached from here; else those the connectors are declared with. */
  readonly brokers?: readonly string[] | undefined;
}

/** A declared topic beside what the brokers have. */
export interface ComparedTopic {
  readonly topic: string;
  readonly declaredPartitions: number;
  /** Null where the topic is missing. */
  readonly partitions: number | null;
}

export interface MadeTopic extends ComparedTopic {
  readonly outcome: 'created' | 'unchanged';
}

/** The topics the connectors write to or read; rows of any size fit, whatever the brokers' own limit is. */
export function topicsOfConnectors(revampDatabase: string): readonly TopicDeclaration[] {
  return declaredTopics('legacy-revamp', { revampDatabase }).map(takingLargeRecords);
}

/**
 * What the connectors' topics would need; changes nothing.
 * @throws RowbridgeError `invalid_configuration`, `kafka_unreachable`
 */
export function compareTopics(sources: TopicSources): Promise<readonly ComparedTopic[]> {
  return withBrokers(sources, async (admin, declared) => {
    const existing = new Set(await admin.listTopics());
    const counts = await admin.partitionCounts(
      declared.map(({ topic }) => topic).filter((topic) => existing.has(topic)),
    );
    return declared.map(({ topic, partitions }) => ({
      topic,
      declaredPartitions: partitions,
      partitions: counts.get(topic) ?? null,
    }));
  });
}

/**
 * Makes the connectors' topics that are missing, with as many replicas as the brokers' default; leaves the others as they
 * are, since a change of their partitions would move keys.
 * @throws RowbridgeError `invalid_configuration`, `kafka_unreachable`
 */
export function createMissingTopics(sources: TopicSources): Promise<readonly MadeTopic[]> {
  return withBrokers(sources, async (admin, declared) => {
    const made = await admin.createTopics(declared);
    return made.map(({ topic, outcome, partitions }, index) => ({
      topic,
      declaredPartitions: declared[index]?.partitions ?? partitions,
      partitions,
      outcome: outcome === 'created' ? 'created' : 'unchanged',
    }));
  });
}

/** Says what is missing or differs, a line each; topics that are as declared are counted. */
export function printTopics(
  output: Output,
  topics: readonly (ComparedTopic & Partial<Pick<MadeTopic, 'outcome'>>)[],
): void {
  const asDeclared = topics.filter(
    ({ outcome, partitions, declaredPartitions }) =>
      outcome !== 'created' && partitions === declaredPartitions,
  );
  for (const { topic, outcome, partitions, declaredPartitions } of topics) {
    if (outcome === 'created') output.line(`topic ${topic}: created, ${partitionsOf(declaredPartitions)}`);
    else if (partitions === null) {
      output.line(`topic ${topic}: would be created, ${partitionsOf(declaredPartitions)}`);
    } else if (partitions !== declaredPartitions) {
      output.line(
        `topic ${topic}: has ${partitionsOf(partitions)}, declared with ${declaredPartitions}; it is left as it is`,
      );
    }
  }
  output.line(`topics: ${asDeclared.length} of ${topics.length} existed as declared`);
}

const partitionsOf = (count: number): string => (count === 1 ? '1 partition' : `${count} partitions`);

async function withBrokers<Answer>(
  sources: TopicSources,
  work: (admin: KafkaAdmin, declared: readonly TopicDeclaration[]) => Promise<Answer>,
): Promise<Answer> {
  const { kafka, databases } = readConnectorsConfiguration(sources);
  const declared = topicsOfConnectors(databases.revamp.database);
  const connection = await connectKafka({
    brokers: sources.brokers ?? kafka.brokers,
    clientId: 'rowbridge-cli',
    logger: silent,
  });
  try {
    return await work(connection.admin, declared);
  } finally {
    await connection.close();
  }
}

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
