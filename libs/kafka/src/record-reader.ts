import { randomUUID } from 'node:crypto';
import type { RawRecord } from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import type { KafkaAdmin, PartitionOffsets } from './kafka-admin.js';
import type { BatchOutcome, ConsumerOptions, RecordBatch, RecordConsumer } from './record-consumer.js';

/** Where a record lies in the reader's topic. */
export interface RecordPlace {
  readonly partition: number;
  readonly offset: bigint;
}

/** Reads single records of one topic wherever they lie, for this process alone. Costs nothing while nobody asks. */
export interface RecordReader {
  /**
   * The records in the order asked for; null for each that the topic does not hold. Places that follow each other are
   * read in one go.
   * @throws RowbridgeError `topic_missing`, `kafka_unreachable`
   */
  read(places: readonly RecordPlace[]): Promise<readonly (RawRecord | null)[]>;
  stop(): Promise<void>;
}

export interface ReaderSettings {
  readonly topic: string;
  readonly clientId: string;
  readonly admin: KafkaAdmin;
  /** Reads as the only member of a group that keeps no offsets. */
  readonly startReader: (reading: ConsumerOptions) => Promise<RecordConsumer>;
}

const readDeadlineMs = 15_000;
/** A partition that is wanted again is looked at after this time at the latest. */
const wakeMs = 20;
const bytesPerFetch = 256 * 1024;

interface Wanted {
  readonly offset: bigint;
  readonly deliver: (record: RawRecord | null) => void;
}

export class TopicRecordReader implements RecordReader {
  readonly #settings: ReaderSettings;
  readonly #groupId: string;
  /** By partition, in order of offsets. */
  readonly #wanted = new Map<number, Wanted[]>();
  #consumer: Promise<RecordConsumer> | null = null;
  #wake: NodeJS.Timeout | undefined;

  constructor(settings: ReaderSettings) {
    this.#settings = settings;
    this.#groupId = `${settings.clientId}-reader-${randomUUID()}`;
  }

  async read(places: readonly RecordPlace[]): Promise<readonly (RawRecord | null)[]> {
    const { admin, topic } = this.#settings;
    const held = new Map((await admin.topicOffsets(topic)).map((offsets) => [offsets.partition, offsets]));
    const present = places.filter((place) => isHeld(place, held.get(place.partition)));
    if (present.length === 0) return places.map(() => null);
    const found = new Map<string, RawRecord | null>();
    const deliveries = present.map((place) => this.#want(place, found));
    this.#sort();
    try {
      const consumer = await this.#started();
      this.#wakeUntilDelivered(consumer);
      await withinDeadline(Promise.all(deliveries), topic);
    } catch (error) {
      this.#forget(present);
      throw error;
    }
    return places.map((place) => found.get(nameOfPlace(place)) ?? null);
  }

  async stop(): Promise<void> {
    clearInterval(this.#wake);
    const consumer = await this.#consumer?.catch(() => null);
    this.#consumer = null;
    if (!consumer) return;
    await consumer.stop();
    await this.#settings.admin.deleteGroup(this.#groupId).catch(() => undefined);
  }

  #want(place: RecordPlace, found: Map<string, RawRecord | null>): Promise<void> {
    return new Promise((resolve) => {
      const wanted = this.#wanted.get(place.partition) ?? [];
      this.#wanted.set(place.partition, wanted);
      wanted.push({
        offset: place.offset,
        deliver: (record) => {
          found.set(nameOfPlace(place), record);
          resolve();
        },
      });
    });
  }

  #sort(): void {
    for (const wanted of this.#wanted.values()) {
      wanted.sort((first, second) =>
        first.offset < second.offset ? -1 : first.offset > second.offset ? 1 : 0,
      );
    }
  }

  #forget(places: readonly RecordPlace[]): void {
    const names = new Set(places.map(nameOfPlace));
    for (const [partition, wanted] of this.#wanted) {
      this.#wanted.set(
        partition,
        wanted.filter(({ offset }) => !names.has(nameOfPlace({ partition, offset }))),
      );
    }
  }

  /** The group is joined at the first read and kept, since joining takes longer than reading. */
  #started(): Promise<RecordConsumer> {
    const { topic, startReader } = this.#settings;
    this.#consumer ??= startReader({
      groupId: this.#groupId,
      topics: [topic],
      maxBytesPerPartition: bytesPerFetch,
      maxWaitMs: wakeMs * 2,
      onBatch: (batch) => Promise.resolve(this.#take(batch)),
      // The consumer is built anew by itself; the deadline of the read tells whoever waits.
      onCrash: () => undefined,
    }).catch((error: unknown) => {
      this.#consumer = null;
      throw error;
    });
    return this.#consumer;
  }

  /** Partitions rest whenever nothing of them is wanted; a rest may begin just after somebody wanted something. */
  #wakeUntilDelivered(consumer: RecordConsumer): void {
    const { topic } = this.#settings;
    clearInterval(this.#wake);
    const wake = (): void => {
      const partitions = [...this.#wanted].filter(([, wanted]) => wanted.length > 0);
      for (const [partition] of partitions) consumer.resume({ topic, partition });
      if (partitions.length === 0) clearInterval(this.#wake);
    };
    this.#wake = setInterval(wake, wakeMs);
    wake();
  }

  /** Reading stays at the batch, so that there is always a record to be woken by. */
  #take(batch: RecordBatch): BatchOutcome {
    const wanted = this.#wanted.get(batch.partition) ?? [];
    const byOffset = new Map(batch.records.map((record) => [record.offset, record]));
    const last = batch.records.at(-1)?.offset ?? batch.firstOffset;
    const isInReach = ({ offset }: Wanted): boolean => offset >= batch.fetchOffset && offset <= last;
    const beyond = wanted.filter((want) => !isInReach(want));
    this.#wanted.set(batch.partition, beyond);
    for (const { offset, deliver } of wanted.filter(isInReach)) deliver(byOffset.get(offset) ?? null);
    const [next] = beyond;
    return next === undefined ? { kind: 'halt' } : { kind: 'seek', offset: next.offset };
  }
}

function isHeld({ offset }: RecordPlace, held: PartitionOffsets | undefined): boolean {
  return held !== undefined && offset >= held.low && offset < held.high;
}

function nameOfPlace({ partition, offset }: RecordPlace): string {
  return `${partition}-${offset}`;
}

async function withinDeadline(work: Promise<unknown>, topic: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new RowbridgeError('kafka_unreachable', `reading ${topic} took longer than ${readDeadlineMs} ms`),
        ),
      readDeadlineMs,
    );
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
