import { signalTopic } from '@rowbridge/connectors';
import type { SyncDirectionProgress } from '@rowbridge/control-protocol';
import { RowbridgeError } from '@rowbridge/errors';
import { SnapshotSignals, type SnapshotNotification } from 'debezium-connect-client';
import { readAppliedShare, readTopicMarks, type TopicMarks } from './applied-progress.js';
import type { DirectionSnapshot } from './plan-run.js';
import type { RunPorts } from './run-ports.js';
import { SnapshotProgress } from './snapshot-progress.js';
import type { SyncedDirection } from './synced-system.js';

/** What a reset has found in one table so far. */
export interface TableReset {
  readonly rowsCompared: number;
  readonly looksListed: number;
}

/** What is known of one direction's part of a run beside its notifications; travels through JSON. */
export interface DirectionDetails {
  readonly direction: string;
  readonly connector: string;
  /** Debezium's notifications of the snapshot carry it. */
  readonly signalId: string;
  readonly chunkRows: number;
  readonly tables: readonly {
    readonly entity: string;
    /** As the connector names it in its notifications. */
    readonly collection: string;
    /** As the connector is told: a regular expression. */
    readonly dataCollection: string;
    readonly topic: string;
    readonly estimatedRows: number;
  }[];
  /** Ends of the table topics before the signal was sent. */
  readonly starts: TopicMarks;
  /** Ends of the table topics once the connector had read everything; null before. */
  readonly ends: TopicMarks | null;
  readonly appliedShare: number;
  readonly resets: Readonly<Record<string, TableReset>>;
}

type DirectionPorts = Pick<RunPorts, 'offsets' | 'producer' | 'care'>;

/**
 * Notes where a direction is before its connector is signalled.
 * @throws ConnectRequestError; RowbridgeError `kafka_unreachable`
 */
export async function describeDirection(
  { direction, tables }: DirectionSnapshot,
  runId: string,
  { care, offsets }: DirectionPorts,
): Promise<DirectionDetails> {
  return {
    direction: direction.plan.name,
    connector: direction.connector,
    signalId: `${runId}/${direction.plan.name}`,
    chunkRows: await care.chunkRows(direction.connector),
    tables: tables.map(({ plan, dataCollection, estimatedRows }) => ({
      entity: plan.entity,
      collection: `${plan.source.schema}.${plan.source.table}`,
      dataCollection,
      topic: plan.topic,
      estimatedRows,
    })),
    starts: await readTopicMarks(
      offsets,
      tables.map(({ plan }) => plan.topic),
    ),
    ends: null,
    appliedShare: 0,
    resets: {},
  };
}

/** The directions' connectors, for messages. */
export function namesOf(directions: readonly RunDirection[]): string {
  return directions.map(({ connector }) => connector).join(', ');
}

/** One direction's part of a run: its connector's snapshot, and how much of it the direction has applied. */
export class RunDirection {
  readonly #direction: SyncedDirection;
  readonly #ports: DirectionPorts;
  readonly #signals: SnapshotSignals;
  readonly #progress: SnapshotProgress;
  #details: DirectionDetails;

  constructor(direction: SyncedDirection, details: DirectionDetails, ports: DirectionPorts) {
    const { topicPrefix } = direction.plan.source;
    this.#direction = direction;
    this.#details = details;
    this.#ports = ports;
    this.#progress = new SnapshotProgress(details.tables, details.chunkRows);
    this.#signals = new SnapshotSignals({
      topic: signalTopic(topicPrefix),
      topicPrefix,
      sendRecord: (topic, { key, value }) =>
        ports.producer.send(topic, [{ key: Buffer.from(key), value: Buffer.from(value) }]),
    });
  }

  get name(): string {
    return this.#details.direction;
  }

  get connector(): string {
    return this.#details.connector;
  }

  get details(): DirectionDetails {
    return this.#details;
  }

  get isRead(): boolean {
    return this.#progress.state === 'read';
  }

  get isWaiting(): boolean {
    return this.#progress.state === 'waiting';
  }

  /** The connector has, or may yet take up, a snapshot of this run. */
  get isUnfinished(): boolean {
    return this.isWaiting || this.#progress.state === 'reading';
  }

  get isApplied(): boolean {
    return this.#details.ends !== null && this.#details.appliedShare === 1;
  }

  /** @throws RowbridgeError `sync_snapshot_incomplete` once the connector has ended without reading all */
  requireSound(): void {
    const { state, failure } = this.#progress;
    if (state !== 'failed' && state !== 'stopped') return;
    const problem = state === 'failed' ? failure : 'was told by another to stop';
    throw new RowbridgeError('sync_snapshot_incomplete', `connector ${this.connector}: ${problem}`);
  }

  /** Answers whether the notification is of this run's snapshot. */
  take(connector: string, notification: SnapshotNotification): boolean {
    const isOurs =
      notification.snapshot === 'incremental' &&
      connector === this.connector &&
      notification.id === this.#details.signalId;
    if (isOurs) this.#progress.take(notification);
    return isOurs;
  }

  /** Asks the connector for the snapshot. @throws RowbridgeError `kafka_unreachable` */
  async start({ tables }: DirectionSnapshot): Promise<void> {
    const conditions = tables.flatMap(({ dataCollection, condition }) =>
      condition === null ? [] : [{ dataCollection, filter: condition }],
    );
    await this.#signals.start(
      {
        dataCollections: tables.map(({ dataCollection }) => dataCollection),
        ...(conditions.length > 0 && { additionalConditions: conditions }),
      },
      this.#details.signalId,
    );
  }

  /** Asks the connector to end the snapshot. @throws RowbridgeError `kafka_unreachable` */
  async stop(): Promise<void> {
    this.#progress.expectStop();
    await this.#signals.stop(this.#details.tables.map(({ dataCollection }) => dataCollection));
  }

  /** Sees how far the direction has come with what the connector has read. @throws RowbridgeError `kafka_unreachable` */
  async measure(): Promise<void> {
    const { offsets } = this.#ports;
    const topics = this.#details.tables.map(({ topic }) => topic);
    const to = this.#details.ends ?? (await readTopicMarks(offsets, topics));
    const from = this.#details.starts;
    const appliedShare = await readAppliedShare(offsets, this.#direction.plan, { topics, from, to });
    this.#details = { ...this.#details, appliedShare };
  }

  /** Notes the ends of the topics, which lie behind all that the connector has read. */
  async noteEnds(): Promise<void> {
    const ends = await readTopicMarks(
      this.#ports.offsets,
      this.#details.tables.map(({ topic }) => topic),
    );
    this.#details = { ...this.#details, ends };
  }

  countReset(entity: string, counted: TableReset): void {
    this.#details = { ...this.#details, resets: { ...this.#details.resets, [entity]: counted } };
  }

  shown(): SyncDirectionProgress {
    const { direction, connector, appliedShare, resets } = this.#details;
    return {
      direction,
      connector,
      state: this.isRead && this.isApplied ? 'applied' : this.#progress.state,
      rowsApplied: Math.floor(appliedShare * this.#progress.rowsRead),
      tables: this.#progress.tables().map(({ entity, ...reading }) => ({
        table: entity,
        ...reading,
        ...(resets[entity] ?? { rowsCompared: 0, looksListed: 0 }),
      })),
    };
  }
}
