import { parseLsn, postgresPosition } from '@rowbridge/change-event';
import type { SourcePosition } from '@rowbridge/change-event';
import { appliedOffsetColumns, appliedOffsetsFrom } from './applied-offsets.js';
import type { RunPostgres } from './statements/postgres-statement.js';
import type { AppliedOffsets } from './target-administration.js';

/**
 * The end of the log: every transaction that committed before the call has its commit record below it. That holds for
 * the insert position alone; with `synchronous_commit` off the flushed one lags behind commits already visible.
 */
export async function readPostgresLogEnd(run: RunPostgres, epoch: number): Promise<SourcePosition> {
  const outcome = await run({
    text: 'select pg_catalog.pg_current_wal_insert_lsn()',
    operation: 'read_log_end',
  });
  return postgresPosition(epoch, parseLsn(outcome.rows[0]?.[0] as string));
}

export async function readPostgresAppliedOffsets(
  run: RunPostgres,
  direction: string,
): Promise<AppliedOffsets> {
  const outcome = await run({
    text: `select ${appliedOffsetColumns} from rowbridge.applied_offsets where direction = $1`,
    values: [direction],
    operation: 'read_applied_offsets',
    table: 'rowbridge.applied_offsets',
  });
  return appliedOffsetsFrom(outcome.rows);
}
