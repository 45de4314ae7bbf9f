import { setTimeout } from 'node:timers/promises';
import { RowbridgeError } from '@rowbridge/errors';
import type { TablePlan } from '@rowbridge/mapping';
import type { Logger } from '@rowbridge/observability';
import { takeLooks, type LookContext } from '@rowbridge/pipeline';

export interface LookRunnerOptions {
  readonly context: LookContext;
  /** Asked anew for each round. */
  readonly pollIntervalMs: () => number;
  readonly logger: Logger;
  /** Whether a table's looks wait: the direction is stopped, or an operator has paused it or the table. */
  readonly rests: (table: string) => boolean;
  /** Told of each fault. */
  readonly failed: (table: TablePlan, error: RowbridgeError) => Promise<void>;
  /** Told of each pass that had no fault. */
  readonly passed: (table: TablePlan) => Promise<void>;
}

const restAfterFaultMs = 1_000;

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
    const { context } = this.options;
    const awaited = new Map<string, boolean>();
    const dueAtMs = new Map<string, number>();
    while (!this.ending.signal.aborted) {
      for (const table of context.plan.tables) {
        if (this.ending.signal.aborted) break;
        if (this.options.rests(table.entity) || (dueAtMs.get(table.entity) ?? 0) > performance.now())
          continue;
        try {
          const waiting = await takeLooks(table, context, awaited.get(table.entity) ?? false);
          awaited.set(table.entity, waiting > 0);
          await this.options.passed(table);
        } catch (error) {
          // The other tables' looks go on at their pace.
          dueAtMs.set(table.entity, performance.now() + restAfterFaultMs);
          await this.onFault(table, error);
        }
      }
      await this.rest(this.options.pollIntervalMs());
    }
  }

  private async onFault(table: TablePlan, error: unknown): Promise<void> {
    const known =
      error instanceof RowbridgeError
        ? error
        : new RowbridgeError('internal_error', 'A second look failed unexpectedly', { cause: error });
    const { logger } = this.options;
    const cause = known.cause === undefined ? {} : { err: known };
    const line = { ...cause, table: table.entity, errorCode: known.code, operation: 'second_look' };
    logger.error(line, known.message);
    await this.options.failed(table, known);
  }

  private async rest(milliseconds: number): Promise<void> {
    const { signal } = this.ending;
    if (signal.aborted) return;
    // Leaves no listener on the signal behind, unlike one of our own that waits for an abort.
    await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
  }
}
