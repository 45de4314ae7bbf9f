import type { LookSummary, RunPostgres } from '@rowbridge/database-access';
import type { LookReason } from '@rowbridge/pipeline';

const summary = `
  select reason, count(*), min(first_seen_ms),
    count(*) filter (where first_seen_ms < $2::bigint and phase <> 'open_conflict')
  from rowbridge.second_looks
  where direction = $1
  group by reason`;

/** What awaits a second look, by reason. */
export async function readLookSummary(
  run: RunPostgres,
  request: { readonly direction: string; readonly listedBeforeMs: number },
): Promise<LookSummary> {
  const { rows } = await run({
    text: summary,
    values: [request.direction, Math.floor(request.listedBeforeMs)],
    operation: 'summarise_looks',
    table: 'rowbridge.second_looks',
  });
  return {
    byReason: new Map(rows.map(([reason, count]) => [reason as LookReason, Number(count)])),
    oldestFirstSeenMs: rows.length === 0 ? null : Math.min(...rows.map((row) => Number(row[2]))),
    stuck: rows.reduce((total, row) => total + Number(row[3]), 0),
  };
}
