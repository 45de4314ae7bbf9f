import { setTimeout } from 'node:timers/promises';
import { RowbridgeError } from '@rowbridge/errors';
import type { Logger } from '@rowbridge/observability';
import { takeLooks, type LookContext } from '@rowbridge/pipeline';

export interface LookRunnerOptions {
  readonly context: LookContext;
  readonly pollIntervalMs: number;
  readonly logger: Logger;
  /** Looks rest while the direction is stopped. */
  readonly isStopped: () => boolean;
  /** Told of each fault, for the metrics. */
  readonly failed: (table: string, errorCode: string) => void;
}

/** Takes the due second looks of every table, parents first, again and again until stopped. */
export class LookRunner {
  private readonly ending = new AbortController();
  private finished: Promise<void> = Promise.resolve();

  constructor(private readonly options: LookRunnerOptions) {}

  start(): void {
    this.finished = this.run();
  }

  /** Lets the pass in work finish. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.finished;
  }

  private async run(): Promise<void> {
    const { context, pollIntervalMs } = this.options;
    const awaited = new Map<string, boolean>();
    while (!this.ending.signal.aborted) {
      let failed = false;
      for (const table of context.plan.tables) {
        if (this.ending.signal.aborted || this.options.isStopped()) break;
        try {
          const waiting = await takeLooks(table, context, awaited.get(table.entity) ?? false);
          awaited.set(table.entity, waiting > 0);
        } catch (error) {
          failed = true;
          this.logFault(table.entity, error);
        }
      }
      await this.rest(failed ? Math.max(pollIntervalMs, 1_000) : pollIntervalMs);
    }
  }

  private logFault(table: string, error: unknown): void {
    const known =
      error instanceof RowbridgeError
        ? error
        : new RowbridgeError('internal_error', 'A second look failed unexpectedly', { cause: error });
    this.options.failed(table, known.code);
    this.options.logger.error({ table, errorCode: known.code, operation: 'second_look' }, known.message);
  }

  private async rest(milliseconds: number): Promise<void> {
    const { signal } = this.ending;
    if (signal.aborted) return;
    // Leaves no listener on the signal behind, unlike one of our own that waits for an abort.
    await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
  }
}
