import type { ControlStore } from '@rowbridge/control-store';
import type { BatchOutcome, KafkaConnection, RecordBatch, RecordConsumer } from '@rowbridge/kafka';
import type { DirectionPlan } from '@rowbridge/mapping';
import type { Logger } from '@rowbridge/observability';
import { connectionOf, markOf } from './batch-connection.js';
import { indexRecord } from './index-record.js';
import type { LetterDecoder } from './letter-decoder.js';

/** Consumer group of the index; people may look its lag up. */
export const indexerGroup = 'rowbridge-control-dead-letters';

export interface IndexerOptions {
  readonly topic: string;
  readonly kafka: KafkaConnection;
  readonly store: ControlStore;
  readonly plans: readonly DirectionPlan[];
  readonly decoder: LetterDecoder;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** Waits before a batch that could not be entered is tried again: the store or the registry is away. */
const retryMs = 2_000;

/** A transaction on a store in a file holds up the whole process for as long as it lasts. */
const lettersPerTransaction = 200;

/**
 * Keeps the index in step with the dead letter topic. The store's own next offsets count: an emptied store is filled
 * from the beginning again, whatever the group has committed; so is a topic created again under the same name.
 * @throws RowbridgeError `topic_missing`, `kafka_unreachable`, `control_store_unavailable`
 */
export async function startIndexer(options: IndexerOptions): Promise<LetterIndexer> {
  const indexer = new LetterIndexer(options);
  await indexer.start();
  return indexer;
}

/** How often Kafka is asked whether it still knows the group's offsets. */
const lookMs = 5_000;
/** By then a commit has reached Kafka. */
const commitMs = 2_000;

export class LetterIndexer {
  private consumer: RecordConsumer | null = null;
  /** When a partition was committed last, as far as this process knows. */
  private readonly committedAt = new Map<number, number>();
  private looking: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: IndexerOptions) {}

  async start(): Promise<void> {
    await this.consume();
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = null));
    }, lookMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await this.consumer?.stop();
  }

  /**
   * Offsets of a topic are forgotten with it, and by nothing else while somebody reads. Whoever waits at the end of a
   * topic that was created again would not see what lies before: reading begins anew. A commit still on its way while
   * the topic is replaced hides that until the next record comes.
   */
  private async look(): Promise<void> {
    const { kafka, topic, logger } = this.options;
    try {
      const known = await kafka.admin.groupOffsets(indexerGroup, topic);
      const isForgotten = [...this.committedAt].some(
        ([partition, at]) => !known.has(partition) && at < performance.now() - commitMs,
      );
      if (isForgotten || this.consumer === null) {
        logger.info(
          { operation: 'index', topic },
          'Offsets of the dead letter topic are forgotten: read anew',
        );
        await this.consumer?.stop();
        this.consumer = null;
        await this.consume();
      }
    } catch (error) {
      logger.warn({ err: error, operation: 'index', topic }, 'The dead letter topic cannot be looked up');
    }
  }

  private async consume(): Promise<void> {
    const { kafka, topic, logger } = this.options;
    const soughtByPartition = new Map<number, bigint>();
    await alignWithTopic(this.options);
    this.committedAt.clear();
    for (const partition of (await kafka.admin.groupOffsets(indexerGroup, topic)).keys()) {
      this.committedAt.set(partition, performance.now());
    }
    this.consumer = await kafka.startConsumer({
      groupId: indexerGroup,
      topics: [topic],
      onBatch: async (batch) => {
        const { partition } = batch;
        const sought = soughtByPartition.get(partition) ?? null;
        const outcome = await takeBatch(batch, { ...this.options, sought });
        if (outcome.kind === 'done') this.committedAt.set(partition, performance.now());
        if (outcome.kind === 'seek') soughtByPartition.set(partition, outcome.offset);
        return outcome;
      },
      onCrash: ({ error, retryInMs }) =>
        logger.warn(
          { err: error, retryInMs, operation: 'index' },
          'Indexing of dead letters was interrupted',
        ),
    });
  }
}

/** A topic that ends before what was entered was created anew; a group that is ahead of the store forgets its offsets. */
async function alignWithTopic({ kafka, store, topic, logger }: IndexerOptions): Promise<void> {
  const entered = await store.deadLetters.nextOffsets(topic);
  const committed = await kafka.admin.groupOffsets(indexerGroup, topic);
  let groupIsAhead = false;
  for (const { partition, high } of await kafka.admin.topicOffsets(topic)) {
    const next = entered.get(partition) ?? 0;
    const isAnotherTopic = BigInt(next) > high;
    if (isAnotherTopic) await store.deadLetters.rewind(topic, partition);
    groupIsAhead ||= isAnotherTopic || (committed.get(partition) ?? 0n) > BigInt(next);
  }
  if (!groupIsAhead) return;
  logger.info({ operation: 'index', topic }, 'Dead letters are entered again from where the store ends');
  await kafka.admin.deleteGroup(indexerGroup).catch((error: unknown) => {
    logger.warn({ err: error, operation: 'index' }, 'Another process indexes too; it fills the store');
  });
}

interface BatchOptions extends IndexerOptions {
  /** Where reading of the partition was sent last. */
  readonly sought: bigint | null;
}

async function takeBatch(batch: RecordBatch, options: BatchOptions): Promise<BatchOutcome> {
  const { store, topic, plans, decoder, logger, sought } = options;
  const { partition, records } = batch;
  try {
    const connection = connectionOf(batch, await store.deadLetters.position(topic, partition), sought);
    if (connection.kind === 'read_from') return { kind: 'seek', offset: connection.offset };
    if (connection.kind === 'another_topic') {
      logger.warn(
        { operation: 'index', topic, partition },
        'The dead letter topic was created anew: entered from its beginning',
      );
      await store.deadLetters.rewind(topic, partition);
      return { kind: 'seek', offset: 0n };
    }
    const decoded = await decoder.decode(records);
    const indexed = records.map((letter, index) =>
      indexRecord({ letter, key: decoded[index]?.key ?? null }, plans, decoder),
    );
    for (let start = 0; start < indexed.length; start += lettersPerTransaction) {
      const entered = indexed.slice(start, start + lettersPerTransaction);
      const last = records[start + entered.length - 1];
      if (last === undefined) break;
      const nextOffset = Number(last.offset) + 1;
      await store.deadLetters.enter({ topic, partition, nextOffset, mark: markOf(last), records: entered });
      batch.commit(BigInt(nextOffset));
    }
    return { kind: 'done' };
  } catch (error) {
    logger.warn({ err: error, operation: 'index', partition }, 'Dead letters cannot be indexed yet');
    return { kind: 'pause', forMs: retryMs };
  }
}
