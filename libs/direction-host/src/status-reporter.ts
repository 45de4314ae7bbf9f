import { controlTopics, type DirectionStatus } from '@rowbridge/control-protocol';
import type { RecordProducer } from '@rowbridge/kafka';
import type { Logger } from '@rowbridge/observability';

export interface StatusReporterOptions {
  readonly producer: RecordProducer;
  readonly describe: () => DirectionStatus;
  readonly logger: Pick<Logger, 'warn'>;
}

const intervalMs = 1_000;

/** Tells on `rowbridge.status` every second how the direction does, and takes that back when it ends in peace. */
export class StatusReporter {
  private timer: NodeJS.Timeout | null = null;
  private reporting: Promise<void> | null = null;
  private silent = false;

  constructor(private readonly options: StatusReporterOptions) {}

  start(): void {
    this.report();
    this.timer = setInterval(() => this.report(), intervalMs);
  }

  /** Writes the tombstone, if the broker takes it: one that does not must not keep the process from ending. */
  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.reporting;
    await this.send(null);
  }

  /** One report at a time: a broker that does not answer is not sent a queue of what is past. */
  private report(): void {
    this.reporting ??= this.send(this.options.describe()).finally(() => {
      this.reporting = null;
    });
  }

  private async send(status: DirectionStatus | null): Promise<void> {
    const { direction, instance } = status ?? this.options.describe();
    const key = Buffer.from(`${direction}/${instance}`);
    const value = status && Buffer.from(JSON.stringify(status));
    try {
      await this.options.producer.send(controlTopics.status, [{ key, value }]);
      this.silent = false;
    } catch {
      // The broker's absence is logged by those who read and write records; once is enough here.
      if (!this.silent) this.options.logger.warn({ operation: 'status' }, 'The status cannot be reported');
      this.silent = true;
    }
  }
}
