import { randomUUID } from 'node:crypto';
import type { RawRecord } from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import type { KafkaAdmin } from './kafka-admin.js';
import { nameOf } from './partition-waits.js';
import type {
  BatchOutcome,
  ConsumerCrash,
  ConsumerOptions,
  RecordBatch,
  RecordConsumer,
} from './record-consumer.js';

export interface FollowOptions {
  readonly topics: readonly string[];
  /** Whether what the topics hold already is wanted too. */
  readonly from: 'beginning' | 'end';
  /** Each record once, those of a partition in their order. Must not throw. */
  readonly onRecord: (record: RawRecord) => void;
  /** Reading goes on by itself, where it stopped. */
  readonly onCrash: (crash: ConsumerCrash) => void;
}

/** Reads whole topics for one process alone, whoever else reads them. */
export interface TopicFollower {
  stop(): Promise<void>;
}

export interface FollowerSettings extends FollowOptions {
  readonly clientId: string;
  readonly admin: KafkaAdmin;
  /** Reads as the only member of a group that keeps no offsets. */
  readonly startReader: (reading: ConsumerOptions) => Promise<RecordConsumer>;
}

const catchUpDeadlineMs = 60_000;

/**
 * Resolves once everything the topics held when it was called has been handed over.
 * @throws RowbridgeError `topic_missing`, `kafka_unreachable`
 */
export async function followTopics(settings: FollowerSettings): Promise<TopicFollower> {
  const { admin, clientId, topics, from, onRecord, onCrash } = settings;
  const places = new FollowedPlaces();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.topicOffsets(topic)) {
      places.add(nameOf({ topic, partition }), { next: from === 'end' ? high : low, end: high });
    }
  }
  const groupId = `${clientId}-follower-${randomUUID()}`;
  const reader = await settings.startReader({
    groupId,
    topics,
    onCrash,
    onBatch: (batch) => takeBatch(batch, places, onRecord),
  });
  const follower = {
    async stop() {
      await reader.stop();
      // The broker forgets an empty group by itself; it need not be shown to people until then.
      await admin.deleteGroup(groupId).catch(() => undefined);
    },
  };
  try {
    await places.caughtUp();
  } catch (error) {
    await follower.stop();
    throw error;
  }
  return follower;
}

async function takeBatch(
  batch: RecordBatch,
  places: FollowedPlaces,
  onRecord: (record: RawRecord) => void,
): Promise<BatchOutcome> {
  const name = nameOf(batch);
  const next = places.next(name);
  const isAnotherTopic = batch.highWatermark < next;
  // A reader that was built anew begins at the beginning: what was handed over must not come again.
  if (!isAnotherTopic && batch.fetchOffset < next) {
    const last = batch.records.at(-1)?.offset ?? -1n;
    if (last < next) return { kind: 'seek', offset: next };
  }
  for (const record of batch.records) {
    if (isAnotherTopic || record.offset >= next) onRecord(record);
  }
  const reached = (batch.records.at(-1)?.offset ?? batch.firstOffset) + 1n;
  batch.commit(reached);
  places.reach(name, reached);
  return { kind: 'done' };
}

interface FollowedPlace {
  next: bigint;
  readonly end: bigint;
}

/** How far each partition has been read, and whether that is as far as it went at the start. */
class FollowedPlaces {
  private readonly places = new Map<string, FollowedPlace>();
  private readonly behind = new Set<string>();
  private arrived: () => void = () => undefined;

  add(name: string, place: FollowedPlace): void {
    this.places.set(name, place);
    if (place.next < place.end) this.behind.add(name);
  }

  next(name: string): bigint {
    return this.places.get(name)?.next ?? 0n;
  }

  reach(name: string, next: bigint): void {
    const end = this.places.get(name)?.end ?? 0n;
    this.places.set(name, { next, end });
    if (next >= end) this.behind.delete(name);
    if (this.behind.size === 0) this.arrived();
  }

  /** @throws RowbridgeError `kafka_unreachable` when the end is not reached in time */
  caughtUp(): Promise<void> {
    if (this.behind.size === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        const problem = `reading ${[...this.behind].join(', ')} to its end took longer than ${catchUpDeadlineMs} ms`;
        reject(new RowbridgeError('kafka_unreachable', problem));
      }, catchUpDeadlineMs);
      this.arrived = () => {
        clearTimeout(limit);
        resolve();
      };
    });
  }
}
