import type { RawRecord, RecordHeader } from '@rowbridge/change-event';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { OffsetCommits } from './offset-commits.js';
import type { RecordBatch } from './record-consumer.js';

/** A batch as the host sees it, with what the consumer needs to know afterwards. */
export interface ConsumerBatch extends RecordBatch {
  /** Offset last committed by the host, or null. */
  committed(): bigint | null;
  /** The client's error that ended the membership meanwhile, to be handed back to it; null while all is well. */
  membershipError(): unknown;
}

export interface BatchClient {
  /** Whether the client the batch came from is still in use. */
  readonly isCurrent: () => boolean;
  /** Takes what the host commits for the group; null where the group keeps no offsets. */
  readonly commits: Pick<OffsetCommits, 'note'> | null;
}

export function createConsumerBatch(
  payload: EachBatchPayload,
  { isCurrent, commits }: BatchClient,
): ConsumerBatch {
  const { topic, partition } = payload.batch;
  const records = payload.batch.messages.map((message) => toRawRecord(topic, partition, message));
  const firstOffset = BigInt(payload.batch.messages[0]?.offset ?? 0);
  let committed: bigint | null = null;
  let membershipError: unknown = null;

  const guarded = async (request: () => Promise<void>): Promise<void> => {
    try {
      await request();
    } catch (error) {
      membershipError ??= error;
    }
  };

  return {
    topic,
    partition,
    records,
    firstOffset,
    fetchOffset: fetchOffsetOf(payload.batch) ?? firstOffset,
    highWatermark: BigInt(payload.batch.highWatermark),
    isStale: () => membershipError !== null || payload.isStale() || !payload.isRunning() || !isCurrent(),
    heartbeat: () => guarded(() => payload.heartbeat()),
    commit: (nextOffset) => {
      committed = nextOffset;
      payload.resolveOffset((nextOffset - 1n).toString());
      commits?.note({ topic, partition, nextOffset });
    },
    committed: () => committed,
    membershipError: () => membershipError,
  };
}

/** The client keeps the offset it asked for on its batch, but does not declare it. */
function fetchOffsetOf(batch: object): bigint | null {
  const { fetchedOffset } = batch as { readonly fetchedOffset?: unknown };
  return typeof fetchedOffset === 'string' ? BigInt(fetchedOffset) : null;
}

/** Headers keep their order as far as the client does: those of one name stay together. */
function toRawRecord(topic: string, partition: number, message: KafkaMessage): RawRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestampMs: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: message.headers === undefined ? noHeaders : toHeaders(message.headers),
  };
}

const noHeaders: readonly RecordHeader[] = [];

function toHeaders(headers: NonNullable<KafkaMessage['headers']>): readonly RecordHeader[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => ({ name, value: Buffer.from(value ?? '') })),
  );
}
