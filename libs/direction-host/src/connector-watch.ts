import type { SourcePosition } from '@rowbridge/change-event';
import type { ConnectClient, ConnectorStatus, SourceOffset } from 'debezium-connect-client';
import type { DirectionMetrics, Logger } from '@rowbridge/observability';
import { readProgress, type ProgressOptions } from './connector-progress.js';
import { committedPosition, type WatchedConnector } from './settlement-watch.js';
import { StallDetector } from './stall-detector.js';

export interface ConnectorWatchOptions extends ProgressOptions {
  readonly connect: ProgressOptions['connect'] &
    Pick<ConnectClient, 'status' | 'committedSourceOffset' | 'restart'>;
  readonly connector: WatchedConnector;
  /** End of the log the connector reads. */
  readonly readLogEnd: () => Promise<SourcePosition>;
  /** Bytes of that log that are kept for the connector, which has come as far as told; null where not known. */
  readonly readRetainedLog: (committed: SourceOffset | null) => Promise<bigint | null>;
  readonly metrics: Pick<DirectionMetrics, 'connectorState' | 'sourceLogRetained'>;
  /** Told once of each failure. */
  readonly failed: (error: { readonly code: 'connector_failed'; readonly message: string }) => void;
  readonly logger: Logger;
  readonly now: () => number;
}

/** What was seen of the connector last. */
export interface ConnectorSeen {
  /**
   * As Kafka Connect calls it; where it runs but a task does not, that task's, the failed one before others; `UNASSIGNED`
   * without a task, `MISSING` without the connector, `UNKNOWN` without an answer.
   */
  readonly state: ConnectorStatus['state'] | 'MISSING' | 'UNKNOWN';
  /** Why nothing is captured; null while it runs, or rests because somebody asked for it. */
  readonly problem: string | null;
}

const intervalMs = 5_000;
const longestReason = 300;
const retainedLogMs = 15_000;

/**
 * Watches the source's connector: tells its state, and restarts it when it says it runs and reads nothing: a binlog
 * connector whose server closed the connection cleanly stays so for ever, without a word. A connector that reads also
 * beats, unless it is cut off, paused, or its database is down. Measures the log that is kept for it, too.
 */
export class ConnectorWatch {
  private readonly detector = new StallDetector();
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private retainedLogDueMs = 0;
  /** How far it had come when it was last known. */
  private committed: SourceOffset | null = null;
  /** Null before the first look. */
  seen: ConnectorSeen | null = null;

  constructor(private readonly options: ConnectorWatchOptions) {}

  start(): void {
    this.beginLook();
    this.timer = setInterval(() => this.beginLook(), intervalMs);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.looking;
  }

  private beginLook(): void {
    this.looking ??= this.look().finally(() => {
      this.looking = null;
    });
  }

  private async look(): Promise<void> {
    const status = await this.readStatus();
    try {
      if (!shouldRead(status)) this.detector.reset();
      else await this.checkForStall();
    } catch {
      // Kafka, Kafka Connect or the database does not answer: their own checks tell, and nothing can be said of the
      // connector.
      this.detector.reset();
    }
    await this.measureRetainedLog();
  }

  /** Also of a connector that has failed or rests, and without an answer of Kafka Connect: that is when a log grows. */
  private async measureRetainedLog(): Promise<void> {
    const { connect, connector, readRetainedLog, metrics, now } = this.options;
    if (now() < this.retainedLogDueMs) return;
    this.retainedLogDueMs = now() + retainedLogMs;
    this.committed = await connect.committedSourceOffset(connector.name).catch(() => this.committed);
    const bytes = await readRetainedLog(this.committed).catch(() => null);
    metrics.sourceLogRetained(connector.name, bytes);
  }

  /** Null without the connector or an answer. */
  private async readStatus(): Promise<ConnectorStatus | null> {
    const { connect, connector, metrics } = this.options;
    let status: ConnectorStatus | null = null;
    let seen: ConnectorSeen;
    try {
      status = await connect.status(connector.name);
      seen = status ? describeStatus(connector.name, status) : missing(connector.name);
    } catch {
      seen = { state: 'UNKNOWN', problem: 'Kafka Connect does not answer' };
    }
    metrics.connectorState(connector.name, seen.state);
    this.tellFailure(seen);
    this.seen = seen;
    return status;
  }

  private tellFailure({ state, problem }: ConnectorSeen): void {
    const { failed, logger, connector } = this.options;
    if (state !== 'FAILED' || problem === null || problem === this.seen?.problem) return;
    failed({ code: 'connector_failed', message: problem });
    logger.error({ connector: connector.name, errorCode: 'connector_failed', operation: 'watch' }, problem);
  }

  private async checkForStall(): Promise<void> {
    const { connect, connector, readLogEnd, logger, now } = this.options;
    const { mark, patienceMs } = await readProgress(this.options);
    const committed = await connect.committedSourceOffset(connector.name);
    const logEnd = await readLogEnd();
    const behind =
      committed !== null && !committed.snapshotting && committedPosition(committed, connector.epoch) < logEnd;
    if (!this.detector.observe({ mark, behind, patienceMs, nowMs: now() })) return;
    logger.error(
      { connector: connector.name, errorCode: 'connector_failed', operation: 'restart_connector' },
      `The connector ${connector.name} runs but has stopped reading its database; it is restarted`,
    );
    await connect.restart(connector.name, { includeTasks: true });
  }
}

/** A paused or failed connector is a person's: the one was asked for, the other has a trace to be read. */
function shouldRead(status: ConnectorStatus | null): boolean {
  return status?.state === 'RUNNING' && status.tasks.every((task) => task.state === 'RUNNING');
}

function missing(name: string): ConnectorSeen {
  return { state: 'MISSING', problem: `Kafka Connect has no connector ${name}` };
}

function describeStatus(name: string, { state, trace, tasks }: ConnectorStatus): ConnectorSeen {
  if (state === 'FAILED') {
    return { state, problem: `The connector ${name} has failed: ${firstLine(trace)}` };
  }
  const failed = tasks.find((task) => task.state === 'FAILED');
  if (failed) {
    const problem = `Task ${failed.id} of the connector ${name} has failed: ${firstLine(failed.trace)}`;
    return { state: 'FAILED', problem };
  }
  if (state === 'RUNNING' && tasks.length === 0) return unassigned(name);
  const resting = tasks.find((task) => task.state !== 'RUNNING');
  const worst = state === 'RUNNING' && resting ? resting.state : state;
  return worst === 'UNASSIGNED' ? unassigned(name) : { state: worst, problem: null };
}

function unassigned(name: string): ConnectorSeen {
  return { state: 'UNASSIGNED', problem: `No worker of Kafka Connect runs the connector ${name}` };
}

/** The rest of a trace is frames, and causes that may quote what was read. */
function firstLine(trace: string | null): string {
  return (trace ?? '').split('\n')[0]?.trim().slice(0, longestReason) || 'no reason is given';
}
