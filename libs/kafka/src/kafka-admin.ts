import kafkajs from 'kafkajs';
import type { Admin } from 'kafkajs';
import { RowbridgeError } from '@rowbridge/errors';
import { kafkaFault } from './kafka-fault.js';

/** Node finds only some of the client's names when it imports this CommonJS module; this one is not among them. */
const { ConfigResourceTypes } = kafkajs;

export interface TopicDeclaration {
  readonly topic: string;
  readonly partitions: number;
  /** Default: what the brokers' `default.replication.factor` says. */
  readonly replicationFactor?: number;
  /** Such as `{ 'retention.ms': '-1' }`. */
  readonly configuration?: Readonly<Record<string, string>>;
}

/** What became of a declared topic. An existing topic is left as it is. */
export interface DeclaredTopic {
  readonly topic: string;
  readonly outcome: 'created' | 'exists';
  /** The number it has; differs from the declared number only where it existed. */
  readonly partitions: number;
}

/** Offsets of a partition: `low` is the first the broker still holds, `high` one past the last. */
export interface PartitionOffsets {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

/** What is asked of brokers besides reading and writing. Every method throws RowbridgeError `kafka_unreachable`. */
export interface KafkaAdmin {
  listTopics(): Promise<readonly string[]>;
  /** Creates what is missing; safe to call from several processes at once. */
  createTopics(declarations: readonly TopicDeclaration[]): Promise<readonly DeclaredTopic[]>;
  /** Partitions by topic. @throws RowbridgeError `topic_missing` */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** In order of partitions. @throws RowbridgeError `topic_missing` */
  topicOffsets(topic: string): Promise<readonly PartitionOffsets[]>;
  /**
   * By partition, the first offset whose record bears this time or a later one; the end where there is none.
   * @param timestampMs milliseconds since 1970
   * @throws RowbridgeError `topic_missing`
   */
  offsetsFrom(topic: string, timestampMs: number): Promise<ReadonlyMap<number, bigint>>;
  /** The values in force. @throws RowbridgeError `topic_missing` */
  topicConfiguration(topic: string, names: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Next offset by partition, where the group has committed one. */
  groupOffsets(groupId: string, topic: string): Promise<ReadonlyMap<number, bigint>>;
  /** Forgets an empty group and its offsets. */
  deleteGroup(groupId: string): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
}

/** @param connected resolves to the client's admin, connected */
export function createKafkaAdmin(connected: () => Promise<Admin>): KafkaAdmin {
  const ask = async <Answer>(doing: string, request: (admin: Admin) => Promise<Answer>): Promise<Answer> => {
    try {
      return await request(await connected());
    } catch (error) {
      throw kafkaFault(doing, error);
    }
  };
  return {
    listTopics: () => ask('listing topics', (admin) => admin.listTopics()),
    createTopics: (declarations) => ask('creating topics', (admin) => createTopics(admin, declarations)),
    partitionCounts: (topics) =>
      ask(`looking up topics ${topics.join(', ')}`, (admin) => partitionCounts(admin, topics)),
    offsetsFrom: (topic, timestampMs) =>
      ask(`looking up offsets of topic ${topic} by time`, async (admin) => {
        const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, timestampMs);
        return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
      }),
    topicOffsets: (topic) => ask(`reading offsets of topic ${topic}`, (admin) => topicOffsets(admin, topic)),
    topicConfiguration: (topic, names) =>
      ask(`reading the configuration of topic ${topic}`, (admin) =>
        topicConfiguration(admin, { topic, names }),
      ),
    groupOffsets: (groupId, topic) =>
      ask(`reading offsets of group ${groupId}`, (admin) => groupOffsets(admin, { groupId, topic })),
    deleteGroup: (groupId) =>
      ask(`deleting group ${groupId}`, async (admin) => {
        await admin.deleteGroups([groupId]);
      }),
    deleteTopic: (topic) =>
      ask(`deleting topic ${topic}`, (admin) => admin.deleteTopics({ topics: [topic] })),
  };
}

/** By the protocol, the broker's own `default.replication.factor`. */
const asTheBrokerHasIt = -1;

async function createTopics(
  admin: Admin,
  declarations: readonly TopicDeclaration[],
): Promise<readonly DeclaredTopic[]> {
  const existing = new Set(await admin.listTopics());
  const missing = declarations.filter(({ topic }) => !existing.has(topic));
  if (missing.length > 0) {
    await admin.createTopics({
      // The client's own waiting fails where metadata lags behind the creation; ours is below.
      waitForLeaders: false,
      topics: missing.map(
        ({ topic, partitions, replicationFactor = asTheBrokerHasIt, configuration = {} }) => ({
          topic,
          numPartitions: partitions,
          replicationFactor,
          configEntries: Object.entries(configuration).map(([name, value]) => ({ name, value })),
        }),
      ),
    });
  }
  const counts = await untilKnown(() =>
    partitionCounts(
      admin,
      declarations.map(({ topic }) => topic),
    ),
  );
  return declarations.map(({ topic, partitions }) => ({
    topic,
    outcome: existing.has(topic) ? 'exists' : 'created',
    partitions: counts.get(topic) ?? partitions,
  }));
}

const creationDeadlineMs = 10_000;
const creationPollMs = 50;

/** A topic just created becomes known to the broker that is asked a little later, and its leaders later still. */
async function untilKnown<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = Date.now() + creationDeadlineMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isNotYetKnown(error) || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, creationPollMs));
    }
  }
}

function isNotYetKnown(error: unknown): boolean {
  if (error instanceof RowbridgeError) return error.code === 'topic_missing';
  const { type } = (error ?? {}) as { readonly type?: string };
  return type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'LEADER_NOT_AVAILABLE';
}

async function partitionCounts(
  admin: Admin,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (topics.length === 0) return new Map();
  await requireTopics(admin, topics);
  const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
  return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
}

/** The client may answer for a missing topic by asking the broker to create it: the list of topics never does. */
async function requireTopics(admin: Admin, topics: readonly string[]): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length > 0) throw new RowbridgeError('topic_missing', `no topic ${missing.join(', ')}`);
}

async function topicOffsets(admin: Admin, topic: string): Promise<readonly PartitionOffsets[]> {
  await requireTopics(admin, [topic]);
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
    .sort((first, second) => first.partition - second.partition);
}

async function topicConfiguration(
  admin: Admin,
  { topic, names }: { readonly topic: string; readonly names: readonly string[] },
): Promise<Readonly<Record<string, string>>> {
  await requireTopics(admin, [topic]);
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [...names] }],
  });
  return Object.fromEntries(
    resources.flatMap((resource) =>
      resource.configEntries.map((entry) => [entry.configName, entry.configValue]),
    ),
  );
}

async function groupOffsets(
  admin: Admin,
  { groupId, topic }: { readonly groupId: string; readonly topic: string },
): Promise<ReadonlyMap<number, bigint>> {
  const answers = await admin.fetchOffsets({ groupId, topics: [topic] });
  return new Map(
    answers
      .flatMap(({ partitions }) => partitions)
      .filter(({ offset }) => BigInt(offset) >= 0n)
      .map(({ partition, offset }) => [partition, BigInt(offset)]),
  );
}
