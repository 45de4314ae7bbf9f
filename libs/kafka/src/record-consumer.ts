import type { RawRecord } from '@rowbridge/change-event';
import type { RowbridgeError } from '@rowbridge/errors';

/** Records of one partition in offset order, as one fetch brought them. Never empty. */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly RawRecord[];
  /** Offset of the first record. */
  readonly firstOffset: bigint;
  /**
   * The offset the fetch asked for. Below `firstOffset` where offsets in between hold no record. Differs from where
   * reading stopped last when another consumer moved on, group offsets were lost, or the broker no longer holds them.
   */
  readonly fetchOffset: bigint;
  /** One past the last offset of the partition at the time of the fetch. */
  readonly highWatermark: bigint;
  /** The partition was given up, sought elsewhere or the consumer is stopping: results should not be written. */
  isStale(): boolean;
  /** Keeps the membership during long work; also sent in the background. Never rejects: {@link isStale} tells. */
  heartbeat(): Promise<void>;
  /**
   * Reading goes on from here, also after a pause. The group is told within a moment, for monitoring and as first guess
   * after an assignment or a restart: the offsets that count lie in the target database.
   * @param nextOffset offset of the next record to read
   */
  commit(nextOffset: bigint): void;
}

/** What becomes of the partition after a batch. Records not committed come again in every case but `seek`. */
export type BatchOutcome =
  /** Reading goes on after the last commit; without one the partition is paused as after a failure. */
  | { readonly kind: 'done' }
  /** Only this partition waits; then reading goes on from the last committed offset. */
  | { readonly kind: 'pause'; readonly forMs: number }
  /** Reading goes on exactly here. */
  | { readonly kind: 'seek'; readonly offset: bigint }
  /** The partition waits until {@link RecordConsumer.resume}. */
  | { readonly kind: 'halt' };

export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

export interface ConsumerOptions {
  readonly groupId: string;
  /** Must exist. */
  readonly topics: readonly string[];
  readonly sessionTimeoutMs?: number;
  /** Bounds memory: bytes fetched of one partition at a time. */
  readonly maxBytesPerPartition?: number;
  /** How long a fetch waits for records; adds no latency, delays resuming a paused partition by at most this. */
  readonly maxWaitMs?: number;
  /** No fetch for so long, with no batch in work, counts as a stall. */
  readonly stallTimeoutMs?: number;
  /** Called with one batch a partition at a time, partitions in parallel. A rejection pauses the partition with back-off. */
  readonly onBatch: (batch: RecordBatch) => Promise<BatchOutcome>;
  /** The client gave up or stalled. It is built anew by itself with back-off; the host may exit instead. */
  readonly onCrash: (crash: ConsumerCrash) => void;
  /** Called after each rebalance with everything assigned now. */
  readonly onAssignment?: (partitions: readonly PartitionName[]) => void;
}

export interface ConsumerCrash {
  readonly error: RowbridgeError;
  /** Crashes in a row without a batch in between, this one included. */
  readonly consecutive: number;
  readonly retryInMs: number;
}

export interface RecordConsumer {
  /** Ends a halt or a pause. Reading goes on from the last committed offset. */
  resume(partition: PartitionName): void;
  /** Partitions assigned now. */
  assignment(): readonly PartitionName[];
  /** Lets batches in work finish, leaves the group and disconnects. */
  stop(): Promise<void>;
}
