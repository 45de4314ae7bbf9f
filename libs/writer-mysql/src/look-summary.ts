import { lookSummaryColumns, lookSummaryFrom } from '@rowbridge/database-access';
import type { LookSummary, RunMysql } from '@rowbridge/database-access';

const summary = `
  select ${lookSummaryColumns('?')}
  from rowbridge.second_looks
  where direction = ?
  group by table_name, reason`;

/** What awaits a second look, by reason and table. */
export async function readLookSummary(
  run: RunMysql,
  request: { readonly direction: string; readonly listedBeforeMs: number },
): Promise<LookSummary> {
  const { rows } = await run({
    text: summary,
    values: [Math.floor(request.listedBeforeMs), request.direction],
    operation: 'summarise_looks',
    table: 'rowbridge.second_looks',
  });
  return lookSummaryFrom(rows as readonly (readonly (string | null)[])[]);
}
