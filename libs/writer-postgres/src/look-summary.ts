import { lookSummaryColumns, lookSummaryFrom } from '@rowbridge/database-access';
import type { LookSummary, RunPostgres } from '@rowbridge/database-access';

const summary = `
  select ${lookSummaryColumns('$2::bigint')}
  from rowbridge.second_looks
  where direction = $1
  group by table_name, reason`;

/** What awaits a second look, by reason and table. */
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
  return lookSummaryFrom(rows);
}
