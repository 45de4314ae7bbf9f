import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { RowbridgeError } from '@rowbridge/errors';
import { createConsumerBatch } from './consumer-batch.js';
import type { ConsumerBatch } from './consumer-batch.js';
import { kafkaFault } from './kafka-fault.js';
import type { KafkaLogger } from './kafka-logger.js';
import { OffsetCommits } from './offset-commits.js';
import { PartitionWaits, nameOf } from './partition-waits.js';
import type { BatchOutcome, ConsumerOptions, PartitionName, RecordConsumer } from './record-consumer.js';

export interface ConsumerSettings extends ConsumerOptions {
  readonly kafka: Kafka;
  readonly logger: KafkaLogger;
  /** Partitions of all topics together: as many batches may be in work at once. */
  readonly partitionCount: number;
  /** Whether the group keeps offsets; without, a client built anew begins at the beginning. */
  readonly keepsOffsets: boolean;
}

const defaultSessionTimeoutMs = 10_000;
const defaultMaxBytesPerPartition = 512 * 1024;
const defaultMaxWaitMs = 250;
const defaultStallTimeoutMs = 60_000;
const rebalanceTimeoutMs = 30_000;
/** A client that fetched for so long has recovered: the next crash counts from one again. */
const recoveredAfterMs = 30_000;
const disconnectTimeoutMs = 5_000;

/** 1 s, doubled up to 30 s. */
function backOffMs(consecutive: number): number {
  return Math.min(30_000, 1_000 * 2 ** (consecutive - 1));
}

/**
 * A group member that stays one: whatever ends the client (it never restarts itself) or stalls it is reported and
 * answered with a new client.
 */
export class SupervisedConsumer implements RecordConsumer {
  readonly #settings: ConsumerSettings;
  readonly #waits: PartitionWaits;
  readonly #commits: OffsetCommits;
  readonly #failures = new Map<string, number>();
  #client: Consumer | null = null;
  #assignment: readonly PartitionName[] = [];
  #crashes = 0;
  #builtAt = 0;
  #lastFetchAt = 0;
  readonly #inWork = new Set<Promise<unknown>>();
  #stopped = false;
  #watch: NodeJS.Timeout | undefined;
  #rebuild: NodeJS.Timeout | undefined;

  constructor(settings: ConsumerSettings) {
    this.#settings = settings;
    this.#waits = new PartitionWaits((partition) => this.#resumeClient(partition));
    this.#commits = new OffsetCommits(async (offsets) => {
      await this.#client?.commitOffsets(
        offsets.map(({ topic, partition, nextOffset }) => ({
          topic,
          partition,
          offset: nextOffset.toString(),
        })),
      );
    });
  }

  /** @throws RowbridgeError `kafka_unreachable`, `topic_missing` */
  async start(): Promise<void> {
    await this.#build();
    this.#watch = setInterval(() => this.#checkForStall(), 1_000);
  }

  resume(partition: PartitionName): void {
    this.#waits.end(partition);
  }

  assignment(): readonly PartitionName[] {
    return this.#assignment;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#watch);
    clearTimeout(this.#rebuild);
    this.#waits.clear();
    const client = this.#client;
    // What batches in work still commit is told to the group before it is left.
    await Promise.all(this.#inWork);
    await this.#commits.flush();
    await client?.disconnect();
    this.#client = null;
  }

  async #build(): Promise<void> {
    const { kafka, groupId, topics, partitionCount } = this.#settings;
    const sessionTimeout = this.#settings.sessionTimeoutMs ?? defaultSessionTimeoutMs;
    const client = kafka.consumer({
      groupId,
      sessionTimeout,
      rebalanceTimeout: Math.max(rebalanceTimeoutMs, sessionTimeout),
      heartbeatInterval: Math.min(3_000, Math.floor(sessionTimeout / 4)),
      maxBytesPerPartition: this.#settings.maxBytesPerPartition ?? defaultMaxBytesPerPartition,
      minBytes: 1,
      maxWaitTimeInMs: this.#settings.maxWaitMs ?? defaultMaxWaitMs,
      retry: {
        retries: 5,
        initialRetryTime: 200,
        maxRetryTime: 5_000,
        restartOnFailure: () => Promise.resolve(false),
      },
    });
    try {
      await client.connect();
      await client.subscribe({ topics: [...topics], fromBeginning: true });
      this.#listen(client);
      this.#client = client;
      this.#builtAt = this.#lastFetchAt = Date.now();
      await client.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: partitionCount,
        eachBatch: (payload) => this.#processBatch(client, payload),
      });
    } catch (error) {
      if (this.#client === client) this.#client = null;
      void this.#discard(client);
      throw kafkaFault('joining the consumer group', error);
    }
    if (this.#stopped) await this.#discard(client);
  }

  #listen(client: Consumer): void {
    client.on(client.events.CRASH, ({ payload }) =>
      this.#crash(client, kafkaFault('reading', payload.error)),
    );
    client.on(client.events.FETCH, () => {
      this.#lastFetchAt = Date.now();
      if (this.#lastFetchAt - this.#builtAt > recoveredAfterMs) this.#crashes = 0;
    });
    client.on(client.events.GROUP_JOIN, ({ payload }) => {
      this.#assignment = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      this.#commits.keep(this.#assignment);
      for (const { topic, partition } of this.#waits.list())
        client.pause([{ topic, partitions: [partition] }]);
      this.#settings.onAssignment?.(this.#assignment);
    });
  }

  async #processBatch(client: Consumer, payload: EachBatchPayload): Promise<void> {
    const isCurrent = (): boolean => this.#client === client && !this.#stopped;
    if (!isCurrent()) return;
    const batch = createConsumerBatch(payload, {
      isCurrent,
      commits: this.#settings.keepsOffsets ? this.#commits : null,
    });
    const heartbeat = setInterval(() => void batch.heartbeat(), 1_000);
    const work = this.#askHost(batch);
    this.#inWork.add(work);
    const outcome = await work.finally(() => {
      clearInterval(heartbeat);
      this.#inWork.delete(work);
      this.#lastFetchAt = Date.now();
    });
    if (isCurrent()) this.#apply(client, batch, outcome);
    const membershipError = batch.membershipError();
    if (membershipError !== null) throw membershipError;
  }

  async #askHost(batch: ConsumerBatch): Promise<BatchOutcome> {
    const name = nameOf(batch);
    try {
      const outcome = await this.#settings.onBatch(batch);
      if (outcome.kind === 'done' && batch.committed() === null && !batch.isStale()) {
        throw new RowbridgeError('internal_error', 'a batch was reported done without a commit');
      }
      this.#failures.delete(name);
      this.#crashes = 0;
      return outcome;
    } catch (error) {
      const failures = (this.#failures.get(name) ?? 0) + 1;
      this.#failures.set(name, failures);
      const forMs = backOffMs(failures);
      const { topic, partition, firstOffset } = batch;
      this.#settings.logger.error(
        { topic, partition, offset: firstOffset.toString(), failures, forMs, reason: describe(error) },
        'a batch failed in a way nobody handled; the partition is paused',
      );
      return { kind: 'pause', forMs };
    }
  }

  #apply(client: Consumer, { topic, partition }: PartitionName, outcome: BatchOutcome): void {
    switch (outcome.kind) {
      case 'done':
        return;
      case 'seek':
        client.seek({ topic, partition, offset: outcome.offset.toString() });
        return;
      case 'pause':
      case 'halt':
        client.pause([{ topic, partitions: [partition] }]);
        this.#waits.begin({ topic, partition }, outcome.kind === 'pause' ? outcome.forMs : null);
        return;
    }
  }

  #resumeClient({ topic, partition }: PartitionName): void {
    this.#client?.resume([{ topic, partitions: [partition] }]);
  }

  #checkForStall(): void {
    const stallTimeoutMs = this.#settings.stallTimeoutMs ?? defaultStallTimeoutMs;
    const client = this.#client;
    if (client === null || this.#inWork.size > 0 || Date.now() - this.#lastFetchAt < stallTimeoutMs) return;
    this.#crash(client, kafkaFault('reading', new Error(`no fetch was answered for ${stallTimeoutMs} ms`)));
  }

  #crash(client: Consumer | null, error: RowbridgeError): void {
    if (this.#stopped || client !== this.#client) return;
    this.#client = null;
    this.#assignment = [];
    if (client) void this.#discard(client);
    this.#crashes += 1;
    const retryInMs = backOffMs(this.#crashes);
    this.#settings.logger.error(
      {
        groupId: this.#settings.groupId,
        code: error.code,
        consecutive: this.#crashes,
        retryInMs,
        reason: error.message,
      },
      'the consumer ended; a new one is started',
    );
    this.#settings.onCrash({ error, consecutive: this.#crashes, retryInMs });
    clearTimeout(this.#rebuild);
    this.#rebuild = setTimeout(() => {
      this.#build().catch((failure: unknown) =>
        this.#crash(this.#client, kafkaFault('joining the consumer group', failure)),
      );
    }, retryInMs);
  }

  /** Leaves nothing behind of a client that may no longer answer. */
  async #discard(client: Consumer): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise((resolve) => {
      timer = setTimeout(resolve, disconnectTimeoutMs);
    });
    await Promise.race([client.disconnect(), limit]).catch(() => undefined);
    clearTimeout(timer);
  }
}

/** An unforeseen error's name and place in our code; its message may hold a row's values. */
function describe(error: unknown): string {
  if (error instanceof RowbridgeError) return error.message;
  if (!(error instanceof Error)) return 'not an error';
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  return `${error.name} ${frames.slice(0, 4).join(' ')}`.replace(/\s+/g, ' ');
}
