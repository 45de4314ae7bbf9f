import type { SourcePosition } from '@rowbridge/change-event';
import type { ConnectClient } from 'debezium-connect-client';
import type { Logger } from '@rowbridge/observability';
import { committedPosition, type WatchedConnector } from './settlement-watch.js';
import { StallDetector } from './stall-detector.js';

export interface ConnectorWatchOptions {
  readonly connect: ConnectClient;
  readonly connector: WatchedConnector;
  /** End of the log the connector reads. */
  readonly readLogEnd: () => Promise<SourcePosition>;
  readonly logger: Logger;
  readonly now: () => number;
}

const intervalMs = 5_000;

/**
 * Restarts the source's connector when it says it runs and reads nothing: a binlog connector whose server closed the
 * connection cleanly stays so for ever, without a word. A connector that beats every second moves on unless it is cut
 * off, paused, or its database is down.
 */
export class ConnectorWatch {
  private readonly detector = new StallDetector();
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;

  constructor(private readonly options: ConnectorWatchOptions) {}

  start(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => {
        this.looking = null;
      });
    }, intervalMs);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    const { connect, connector, readLogEnd, logger, now } = this.options;
    try {
      if (!(await this.shouldRead())) {
        this.detector.reset();
        return;
      }
      const offsets = await connect.offsets(connector.name);
      const committed = await connect.committedSourceOffset(connector.name);
      const logEnd = await readLogEnd();
      const behind =
        committed !== null &&
        !committed.snapshotting &&
        committedPosition(committed, connector.epoch) < logEnd;
      if (!this.detector.observe({ mark: JSON.stringify(offsets), behind, nowMs: now() })) return;
      logger.error(
        { connector: connector.name, errorCode: 'connector_failed', operation: 'restart_connector' },
        `The connector ${connector.name} runs but has stopped reading its database; it is restarted`,
      );
      await connect.restart(connector.name, { includeTasks: true });
    } catch {
      // Kafka Connect or the database does not answer: their own checks tell, and nothing can be said of the connector.
      this.detector.reset();
    }
  }

  /** A paused or failed connector is a person's: the one was asked for, the other has a trace to be read. */
  private async shouldRead(): Promise<boolean> {
    const status = await this.options.connect.status(this.options.connector.name);
    return status?.state === 'RUNNING' && status.tasks.every((task) => task.state === 'RUNNING');
  }
}
