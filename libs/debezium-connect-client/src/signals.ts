import { randomUUID } from 'node:crypto';

/** A Kafka record that a Debezium connector obeys; its key is the connector's topic prefix. */
export interface SignalRecord {
  readonly key: string;
  readonly value: string;
}

/** Sends one record and resolves when the broker has acknowledged it. */
export type SendRecord = (topic: string, record: SignalRecord) => Promise<void>;

export interface SnapshotRequest {
  /** Regular expressions for `<schema or database>.<table>`. */
  readonly dataCollections: readonly string[];
  /** SQL conditions that pick rows of one of the tables; the connector runs them as they are. */
  readonly additionalConditions?: readonly { readonly dataCollection: string; readonly filter: string }[];
}

type SignalType = 'execute-snapshot' | 'stop-snapshot' | 'pause-snapshot' | 'resume-snapshot';

/** Commands a Debezium connector through its Kafka signal channel. */
export class SnapshotSignals {
  readonly #topic: string;
  readonly #topicPrefix: string;
  readonly #sendRecord: SendRecord;

  /** @param channel the connector's signal topic and topic prefix, and what sends a record there */
  constructor(channel: { topic: string; topicPrefix: string; sendRecord: SendRecord }) {
    this.#topic = channel.topic;
    this.#topicPrefix = channel.topicPrefix;
    this.#sendRecord = channel.sendRecord;
  }

  /** Starts an incremental snapshot; answers its id, which its notifications carry. */
  async start(request: SnapshotRequest, id: string = randomUUID()): Promise<string> {
    await this.#send(id, 'execute-snapshot', {
      type: 'INCREMENTAL',
      'data-collections': request.dataCollections,
      ...(request.additionalConditions === undefined
        ? {}
        : {
            'additional-conditions': request.additionalConditions.map(({ dataCollection, filter }) => ({
              'data-collection': dataCollection,
              filter,
            })),
          }),
    });
    return id;
  }

  /** Takes tables out of the snapshot under way; all of it without names. */
  async stop(dataCollections: readonly string[] = []): Promise<void> {
    await this.#send(randomUUID(), 'stop-snapshot', {
      type: 'INCREMENTAL',
      ...(dataCollections.length === 0 ? {} : { 'data-collections': dataCollections }),
    });
  }

  async pause(): Promise<void> {
    await this.#send(randomUUID(), 'pause-snapshot', { type: 'INCREMENTAL' });
  }

  async resume(): Promise<void> {
    await this.#send(randomUUID(), 'resume-snapshot', { type: 'INCREMENTAL' });
  }

  async #send(id: string, type: SignalType, data: object): Promise<void> {
    await this.#sendRecord(this.#topic, {
      key: this.#topicPrefix,
      value: JSON.stringify({ id, type, data }),
    });
  }
}
