import type { FenceLostError, RowbridgeError } from '@rowbridge/errors';
import type { Logger } from '@rowbridge/observability';

export interface PartitionFault {
  readonly error: RowbridgeError;
  readonly failures: number;
  readonly retryInMs: number;
}

export type ConsumerState = 'starting' | 'running' | 'degraded' | 'stopped' | 'draining';

/** What the direction is doing, for its health and its log. */
export class DirectionState {
  private readonly faults = new Map<string, PartitionFault>();
  /** Broker time of the first record of the batch a partition is working on or stuck at, milliseconds. */
  private readonly unapplied = new Map<string, number>();
  private phase: 'starting' | 'running' | 'draining' = 'starting';
  stopReason: RowbridgeError | null = null;

  constructor(private readonly logger: Logger) {}

  get consumerState(): ConsumerState {
    if (this.stopReason !== null) return 'stopped';
    if (this.phase === 'running' && this.faults.size > 0) return 'degraded';
    return this.phase;
  }

  enter(phase: 'running' | 'draining'): void {
    this.phase = phase;
    this.logger.info({ phase }, `Direction is ${phase}`);
  }

  /** Ends all work of the direction until it is restarted by a person. */
  stop(reason: RowbridgeError): void {
    if (this.stopReason !== null) return;
    this.stopReason = reason;
    this.logger.fatal({ ...printable(reason), errorCode: reason.code }, reason.message);
  }

  batchBegan(partition: string, oldestMs: number | null): void {
    if (oldestMs !== null && !this.unapplied.has(partition)) this.unapplied.set(partition, oldestMs);
  }

  batchEnded(partition: string): void {
    this.unapplied.delete(partition);
  }

  partitionRecovered(partition: string): void {
    if (this.faults.delete(partition)) this.logger.info({ partition }, 'Partition goes on');
  }

  partitionFailed(partition: string, fault: PartitionFault): void {
    this.faults.set(partition, fault);
    const { error, failures, retryInMs } = fault;
    const line = { ...printable(error), partition, errorCode: error.code, failures, retryInMs };
    if (error.code === 'dead_letter_queue_unwritable') this.logger.fatal(line, error.message);
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

  /** Oldest unapplied record by topic, milliseconds since 1970. */
  oldestUnapplied(): ReadonlyMap<string, number> {
    const byTopic = new Map<string, number>();
    for (const [partition, oldestMs] of this.unapplied) {
      const topic = partition.slice(0, partition.lastIndexOf('/'));
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

/** The details as fields of a log line, in which `error` is kept for error objects. */
function printable(error: RowbridgeError): object {
  return Object.fromEntries(
    Object.entries(error.details).map(([name, detail]) => [
      name === 'error' ? 'serverError' : name,
      typeof detail === 'bigint' ? detail.toString() : detail,
    ]),
  );
}
