import type { FenceLostError, RowbridgeError } from '@rowbridge/errors';
import type { Logger } from '@rowbridge/observability';

export interface PartitionFault {
  readonly error: RowbridgeError;
  readonly failures: number;
  readonly retryInMs: number;
}

/** `paused`: the whole direction, by an operator. */
export type ConsumerState = 'starting' | 'running' | 'degraded' | 'paused' | 'stopped' | 'draining';

export interface MetError {
  readonly code: string;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** What the direction is doing, for its health and its log. */
export class DirectionState {
  private readonly faults = new Map<string, PartitionFault>();
  /** Broker time of the first record a partition is working on, stuck at or yet to be given, milliseconds. */
  private readonly unapplied = new Map<string, number>();
  private readonly held = new Map<string, RowbridgeError>();
  private phase: 'starting' | 'running' | 'draining' = 'starting';
  /** Why no partition is read: the consumer has ended, and a new one has not been given its partitions yet. */
  private consumerFault: RowbridgeError | null = null;
  stopReason: RowbridgeError | null = null;
  /** The latest of all failures, past or not. */
  lastError: MetError | null = null;

  /** @param isPaused whether an operator has paused the direction */
  constructor(
    private readonly logger: Logger,
    private readonly isPaused: () => boolean = () => false,
  ) {}

  get consumerState(): ConsumerState {
    if (this.stopReason !== null) return 'stopped';
    if (this.phase === 'running' && this.isPaused()) return 'paused';
    if (this.phase === 'running' && this.faults.size + this.held.size > 0) return 'degraded';
    if (this.phase === 'running' && this.consumerFault !== null) return 'degraded';
    return this.phase;
  }

  enter(phase: 'running' | 'draining'): void {
    this.phase = phase;
    this.logger.info({ phase }, `Direction is ${phase}`);
  }

  /** Whether the direction has partitions to read, or is about to be given them. */
  get isReading(): boolean {
    return this.consumerFault === null;
  }

  consumerEnded(error: RowbridgeError): void {
    this.consumerFault = error;
    this.errorMet(error);
  }

  consumerJoined(): void {
    this.consumerFault = null;
  }

  /** Ends all work of the direction until it is restarted by a person. */
  stop(reason: RowbridgeError): void {
    if (this.stopReason !== null) return;
    this.stopReason = reason;
    this.errorMet(reason);
    this.logger.fatal({ ...printable(reason), ...behind(reason), errorCode: reason.code }, reason.message);
  }

  /** Remembers a failure as the latest. The message names no row value. */
  errorMet({ code, message }: { readonly code: string; readonly message: string }): void {
    this.lastError = { code, message, atMs: Date.now() };
  }

  batchBegan(partition: string, oldestMs: number | null): void {
    if (oldestMs !== null) this.unapplied.set(partition, oldestMs);
  }

  /** @param newerThanMs broker time of the batch's last record where more of the partition waits to be fetched */
  batchEnded(partition: string, newerThanMs: number | null): void {
    if (newerThanMs === null) this.unapplied.delete(partition);
    else this.unapplied.set(partition, newerThanMs);
  }

  partitionRecovered(partition: string): void {
    if (this.faults.delete(partition)) this.logger.info({ partition }, 'Partition goes on');
  }

  partitionFailed(partition: string, fault: PartitionFault): void {
    const { error, failures, retryInMs } = fault;
    // A table that waits says why once; it may wait for days.
    const isToldAlready =
      error.disposition === 'pause_table' && this.faults.get(partition)?.error.message === error.message;
    this.faults.set(partition, fault);
    this.errorMet(error);
    const line = {
      ...printable(error),
      ...behind(error),
      partition,
      errorCode: error.code,
      failures,
      retryInMs,
    };
    if (error.code === 'dead_letter_queue_unwritable') this.logger.fatal(line, error.message);
    else if (isToldAlready) this.logger.debug(line, error.message);
    else this.logger.error(line, error.message);
  }

  partitionLost(partition: string, error: FenceLostError): void {
    this.unapplied.delete(partition);
    this.logger.warn({ partition }, error.message);
  }

  /** Faults by `<topic>/<partition>`, as they stand. */
  currentFaults(): ReadonlyMap<string, PartitionFault> {
    return this.faults;
  }

  /** Why each topic that waits for its table's schema waits. */
  heldTopics(): ReadonlyMap<string, RowbridgeError> {
    const held = [...this.faults].filter(([, { error }]) => error.disposition === 'pause_table');
    return new Map([
      ...held.map(([partition, { error }]) => [topicOf(partition), error] as const),
      ...this.held,
    ]);
  }

  /** A table waits for its schema, whether or not a partition has met it. */
  holdTopic(topic: string, error: RowbridgeError): void {
    this.held.set(topic, error);
  }

  releaseTopic(topic: string): void {
    this.held.delete(topic);
  }

  /** Oldest unapplied record by topic, milliseconds since 1970. */
  oldestUnapplied(): ReadonlyMap<string, number> {
    const byTopic = new Map<string, number>();
    for (const [partition, oldestMs] of this.unapplied) {
      const topic = topicOf(partition);
      byTopic.set(topic, Math.min(byTopic.get(topic) ?? oldestMs, oldestMs));
    }
    return byTopic;
  }

  /** Drops what is remembered of partitions that are no longer assigned. */
  keepOnly(partitions: ReadonlySet<string>): void {
    for (const map of [this.faults, this.unapplied]) {
      for (const partition of map.keys()) if (!partitions.has(partition)) map.delete(partition);
    }
  }
}

function topicOf(partition: string): string {
  return partition.slice(0, partition.lastIndexOf('/'));
}

/** The details as fields of a log line, in which `error` is kept for error objects. */
function printable(error: RowbridgeError): object {
  return Object.fromEntries(
    Object.entries(error.details).map(([name, detail]) => [
      name === 'error' ? 'serverError' : name,
      typeof detail === 'bigint' ? detail.toString() : detail,
    ]),
  );
}

/** What an unforeseen failure leaves to find its cause by; the log keeps no text of it that could quote a row. */
function behind(error: RowbridgeError): { readonly err?: RowbridgeError } {
  return error.cause === undefined ? {} : { err: error };
}
