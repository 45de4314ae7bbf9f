import { setTimeout as delay } from 'node:timers/promises';
import type { RawRecord } from '@rowbridge/change-event';
import { controlTopics, replayTopicDeclaration } from '@rowbridge/control-protocol';
import type { DeadLetterEntry } from '@rowbridge/control-store';
import {
  createRegistrySchemaSource,
  takingLargeRecords,
  type KafkaConnection,
  type RecordReader,
} from '@rowbridge/kafka';
import type { ApiContext } from '../api-context.js';
import { askDependency } from '../http/request-problem.js';
import { LastingLink } from '../state/lasting-link.js';
import { createLetterDecoder, type LetterDecoder } from './letter-decoder.js';
import { startIndexer } from './letter-indexer.js';
import { ReplayDesk, type ReplayOrder } from './replay-desk.js';
import { ReplyIntake } from './reply-intake.js';

/** Time between two looks for a replay that another process has left. */
const leftLookMs = 10_000;

/** What the routes of dead letters work with: the index kept up to date, the records, and the replays going on. */
export class DeadLetterDesk {
  readonly topic: string;
  readonly decoder: LetterDecoder;
  readonly replays: ReplayDesk;
  private readonly intake: ReplyIntake;
  private readonly replies: LastingLink<{ stop(): Promise<void> }>;
  private readonly links: readonly LastingLink<{ stop(): Promise<void> }>[];
  private watch: NodeJS.Timeout | null = null;
  private reader: { readonly of: KafkaConnection; readonly reader: RecordReader } | null = null;

  constructor(private readonly context: ApiContext) {
    const { configuration, plans, logger, now, store } = context;
    const schemas = createRegistrySchemaSource({ url: configuration.schemaRegistry.url });
    this.topic = configuration.deadLetters.topic;
    this.decoder = createLetterDecoder(schemas, plans);
    this.replays = new ReplayDesk({ log: () => store.require().replays, logger, now, wait: delay });
    this.intake = new ReplyIntake({
      store: () => store.require(),
      actorOf: (requestId) => this.replays.actorOf(requestId),
      onSettled: (reply) => this.replays.take(reply),
      logger,
      wait: delay,
    });
    this.replies = this.linkOf(() => this.followReplies());
    this.links = [this.linkOf(() => this.startIndexing()), this.replies];
  }

  /** Begins once Kafka and the store are there. */
  start(): void {
    const { kafka, store } = this.context;
    kafka.whenOpen(() => store.whenOpen(() => this.links.forEach((link) => link.start())));
    this.watch = setInterval(() => void this.lookForLeft(), leftLookMs).unref();
  }

  async close(): Promise<void> {
    if (this.watch !== null) clearInterval(this.watch);
    await this.replays.close();
    this.intake.close();
    await Promise.all(this.links.map((link) => link.close()));
    await this.reader?.reader.stop();
  }

  /** The latest record of an entry; null where the topic holds it no more. */
  async readLetter({ queue }: DeadLetterEntry): Promise<RawRecord | null> {
    const places = [{ partition: queue.partition, offset: BigInt(queue.offset) }];
    const [letter] = await askDependency('kafka', () => this.requireReader().read(places));
    return letter ?? null;
  }

  /** How replays are sent; no faster than the configuration allows. */
  sending(ratePerSecond = Number.MAX_SAFE_INTEGER): ReplayOrder['sending'] {
    const { kafka, plans, configuration, now } = this.context;
    return {
      kafka: kafka.require(),
      reader: this.requireReader(),
      directions: new Set(plans.map(({ name }) => name)),
      ratePerSecond: Math.min(ratePerSecond, configuration.deadLetters.replaysPerSecond),
      now,
      wait: delay,
    };
  }

  private requireReader(): RecordReader {
    const connection = this.context.kafka.require();
    if (this.reader?.of !== connection) {
      this.reader = { of: connection, reader: connection.openReader(this.topic) };
    }
    return this.reader.reader;
  }

  private linkOf(open: () => Promise<{ stop(): Promise<void> }>): LastingLink<{ stop(): Promise<void> }> {
    const { logger } = this.context;
    return new LastingLink({ dependency: 'kafka', open, close: (opened) => opened.stop(), logger });
  }

  private async startIndexing(): Promise<{ stop(): Promise<void> }> {
    const { kafka, store, plans, logger } = this.context;
    return startIndexer({
      topic: this.topic,
      kafka: kafka.require(),
      store: store.require(),
      plans,
      decoder: this.decoder,
      logger,
    });
  }

  /** Answers are read from the first one again for a replay that is taken up. */
  private async lookForLeft(): Promise<void> {
    if (!this.replies.isOpen) return;
    try {
      if (await this.replays.findsLeft()) this.replies.reopen();
    } catch (error) {
      this.context.logger.warn({ err: error, operation: 'replay' }, 'Replays cannot be looked up yet');
    }
  }

  private async followReplies(): Promise<{ stop(): Promise<void> }> {
    const { kafka, plans, logger } = this.context;
    await kafka
      .require()
      .admin.createTopics(plans.map(({ name }) => takingLargeRecords(replayTopicDeclaration(name))));
    await this.replays.takeUp();
    const following = await kafka.require().follow({
      topics: [controlTopics.replies],
      from: 'beginning',
      onRecord: (record) => this.intake.take(record),
      onCrash: ({ error, retryInMs }) =>
        logger.warn({ err: error, retryInMs, operation: 'replay' }, 'Reading of answers was interrupted'),
    });
    this.replays.carryOn();
    return following;
  }
}
