import type { RawRecord, StructReader } from '@rowbridge/change-event';
import type { KafkaConnection, TopicFollower } from '@rowbridge/kafka';
import type { Logger } from '@rowbridge/observability';
import { parseSnapshotNotification, type SnapshotNotification } from 'debezium-connect-client';

export interface NotificationFeedOptions {
  readonly kafka: Pick<KafkaConnection, 'follow'>;
  readonly reader: StructReader;
  /** Notification topics by connector. */
  readonly topics: ReadonlyMap<string, string>;
  readonly logger: Logger;
  readonly onNotification: (connector: string, notification: SnapshotNotification) => void;
  /** Records that wait to be decoded are tried again after this. Default 1,000. */
  readonly retryMs?: number;
}

/** Hands over what connectors report of their incremental snapshots, in order, from the oldest the topics hold. */
export class NotificationFeed {
  readonly #options: NotificationFeedOptions;
  readonly #connectors: ReadonlyMap<string, string>;
  #decoding: Promise<void> = Promise.resolve();
  #follower: TopicFollower | null = null;
  #stopped = false;

  constructor(options: NotificationFeedOptions) {
    this.#options = options;
    this.#connectors = new Map([...options.topics].map(([connector, topic]) => [topic, connector]));
  }

  /**
   * Resolves once what the topics held has been handed over.
   * @throws RowbridgeError `kafka_unreachable`, `topic_missing`
   */
  async start(): Promise<void> {
    const { kafka, topics, logger } = this.#options;
    this.#follower = await kafka.follow({
      topics: [...topics.values()],
      from: 'beginning',
      onRecord: (record) => this.#queue(record),
      onCrash: ({ error, retryInMs }) =>
        logger.warn(
          { err: error, retryInMs, operation: 'sync_notification' },
          'Reading of notifications was interrupted',
        ),
    });
    await this.#decoding;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#follower?.stop();
    await this.#decoding;
  }

  #queue(record: RawRecord): void {
    this.#decoding = this.#decoding.then(() => this.#decode(record));
  }

  /** A schema that cannot be fetched is waited for: without the notice a run would seem to stand still. */
  async #decode(record: RawRecord): Promise<void> {
    const { reader, logger, onNotification, retryMs = 1_000 } = this.#options;
    while (!this.#stopped && record.value !== null) {
      try {
        const notification = parseSnapshotNotification(await reader.read(record.topic, record.value));
        const connector = this.#connectors.get(record.topic);
        if (notification !== null && connector !== undefined) onNotification(connector, notification);
        return;
      } catch (error) {
        const { topic, partition, offset } = record;
        const place = { topic, partition, offset: offset.toString() };
        if (!isRegistryUnreachable(error)) {
          logger.warn(
            { ...place, operation: 'sync_notification' },
            'A notification cannot be read: passed by',
          );
          return;
        }
        logger.warn({ ...place, operation: 'sync_notification' }, 'The schema registry does not answer');
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }
}

function isRegistryUnreachable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'registry_unreachable';
}
