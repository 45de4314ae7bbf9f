import { createRateLimitedWarning, type DirectionMetrics, type Logger } from '@rowbridge/observability';
import type { PipelineObserver } from '@rowbridge/pipeline';
import type { Breaker } from './breaker.js';
import type { DirectionTally } from './direction-tally.js';

export interface DirectionObserverOptions {
  readonly metrics: DirectionMetrics;
  readonly logger: Logger;
  readonly breaker: Breaker;
  readonly tally: DirectionTally;
  /** Told of each dead letter as the latest failure. */
  readonly failed: (error: { readonly code: string; readonly message: string }) => void;
  readonly target: string;
  readonly now: () => number;
}

/** A replayed topic brings duplicates by the thousand: one line a table in this time, with how many were left out. */
const warningIntervalMs = 10_000;

/** Counts and logs what the row's path has committed: names, codes and counts, never a payload. */
export function createDirectionObserver(options: DirectionObserverOptions): PipelineObserver {
  const { metrics, logger, breaker, tally, now } = options;
  const warn = createRateLimitedWarning({ logger, intervalMs: warningIntervalMs, now });
  return {
    recordSettled({ table, outcome, event, replayed }) {
      metrics.event({ table: table.entity, operation: event?.operation ?? 'none', outcome });
      tally.recordSettled(table.entity, outcome);
      if (!replayed) breaker.record(outcome === 'dead_lettered');
      if (outcome === 'duplicate' && !replayed) {
        warn(
          table.entity,
          { table: table.entity, outcome, operation: 'dedupe' },
          'Record was delivered again and is skipped',
        );
      }
      if (outcome === 'applied' && event) {
        if (!replayed) metrics.latency(table.entity, Math.max(0, (now() - event.estimatedCommitMs) / 1000));
        metrics.targetWrite(options.target);
      }
    },
    batchCommitted({ table, records, seconds }) {
      metrics.batch({ table, records, seconds });
      logger.debug({ table, rows: records, operation: 'batch', seconds }, 'Batch committed');
    },
    recordDeadLettered({ table, errorCode, message }) {
      metrics.deadLetter({ table, errorCode });
      options.failed({ code: errorCode, message });
      logger.error({ table, errorCode, operation: 'dead_letter' }, message);
    },
    echoLeaked({ table, count }) {
      metrics.echoLeak(table, count);
      logger.error(
        { table, rows: count, operation: 'echo' },
        'Sync writes have passed the log origin filter: check the connector',
      );
    },
    retrying({ table, errorCode, attempt, delayMs }) {
      logger.warn(
        { table, errorCode, attempt, delayMs, operation: 'retry' },
        'Record failed and is tried again',
      );
    },
    conflictSettled({ entity, type, resolution }) {
      metrics.conflict({ table: entity, type, resolution });
      tally.conflictSettled(entity);
      logger.info({ table: entity, type, resolution, operation: 'conflict' }, 'Conflict settled');
    },
    lookSettled({ table, outcome }) {
      metrics.lookSettled({ table, outcome });
      logger.debug({ table, outcome, operation: 'second_look' }, 'Second look');
    },
  };
}
