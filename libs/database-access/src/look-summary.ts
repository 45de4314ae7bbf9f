import type { LookReason } from '@rowbridge/pipeline';
import type { LookSummary } from './target-administration.js';

/**
 * What a summary of `rowbridge.second_looks` selects, grouped by table and reason, alike on both engines.
 * @param deadline the placeholder of the time before which an entry counts as stuck
 */
export function lookSummaryColumns(deadline: string): string {
  return `table_name, reason, count(*), min(first_seen_ms),
    sum(case when first_seen_ms < ${deadline} and phase <> 'open_conflict' then 1 else 0 end)`;
}

/** @param rows server text in the order of {@link lookSummaryColumns} */
export function lookSummaryFrom(rows: readonly (readonly (string | null)[])[]): LookSummary {
  const byReason = new Map<LookReason, number>();
  const oldestByTable = new Map<string, number>();
  const countByTable = new Map<string, number>();
  const stuckByReason = new Map<LookReason, number>();
  for (const [table, reason, count, oldestMs, stuckCount] of rows) {
    add(byReason, reason, Number(count));
    if (Number(stuckCount) > 0) add(stuckByReason, reason, Number(stuckCount));
    countByTable.set(table as string, (countByTable.get(table as string) ?? 0) + Number(count));
    const known = oldestByTable.get(table as string) ?? Number(oldestMs);
    oldestByTable.set(table as string, Math.min(known, Number(oldestMs)));
  }
  const oldest = [...oldestByTable.values()];
  return {
    byReason,
    oldestByTable,
    countByTable,
    oldestFirstSeenMs: oldest.length === 0 ? null : Math.min(...oldest),
    stuckByReason,
  };
}

function add(totals: Map<LookReason, number>, reason: string | null | undefined, count: number): void {
  totals.set(reason as LookReason, (totals.get(reason as LookReason) ?? 0) + count);
}
