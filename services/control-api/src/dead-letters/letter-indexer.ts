import type { ControlStore } from '@rowbridge/control-store';
import type { BatchOutcome, KafkaConnection, RecordBatch, RecordConsumer } from '@rowbridge/kafka';
import type { DirectionPlan } from '@rowbridge/mapping';
import type { Logger } from '@rowbridge/observability';
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
 * from the beginning again, whatever the group has committed.
 * @throws RowbridgeError `topic_missing`, `kafka_unreachable`, `control_store_unavailable`
 */
export async function startIndexer(options: IndexerOptions): Promise<RecordConsumer> {
  const { kafka, topic, logger } = options;
  await alignWithTopic(options);
  return kafka.startConsumer({
    groupId: indexerGroup,
    topics: [topic],
    onBatch: (batch) => takeBatch(batch, options),
    onCrash: ({ error, retryInMs }) =>
      logger.warn({ err: error, retryInMs, operation: 'index' }, 'Indexing of dead letters was interrupted'),
  });
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

async function takeBatch(batch: RecordBatch, options: IndexerOptions): Promise<BatchOutcome> {
  const { store, topic, plans, decoder, logger } = options;
  const { partition, records } = batch;
  try {
    const next = (await store.deadLetters.nextOffsets(topic)).get(partition) ?? 0;
    if (BigInt(next) > batch.fetchOffset && BigInt(next) < batch.highWatermark) {
      if ((records.at(-1)?.offset ?? -1n) < BigInt(next)) return { kind: 'seek', offset: BigInt(next) };
    }
    const decoded = await decoder.decode(records);
    const indexed = records.map((letter, index) =>
      indexRecord({ letter, key: decoded[index]?.key ?? null }, plans, decoder),
    );
    for (let start = 0; start < indexed.length; start += lettersPerTransaction) {
      const entered = indexed.slice(start, start + lettersPerTransaction);
      const nextOffset = (entered.at(-1)?.queue.offset ?? 0) + 1;
      await store.deadLetters.enter({ topic, partition, nextOffset, records: entered });
      batch.commit(BigInt(nextOffset));
    }
    return { kind: 'done' };
  } catch (error) {
    logger.warn({ err: error, operation: 'index', partition }, 'Dead letters cannot be indexed yet');
    return { kind: 'pause', forMs: retryMs };
  }
}
