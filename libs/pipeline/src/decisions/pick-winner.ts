import type { RowImage } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';

/**
 * Which of two rows that both changed wins: `source` or `target` of this plan. The same pair of rows gives the same
 * winner in both directions, so neither has to ask the other.
 * @param source the source row carried over to target columns
 */
export function pickWinner(plan: TablePlan, source: RowImage, target: RowImage): 'source' | 'target' {
  const priority = plan.conflictPolicy.prioritySide === plan.source.side.name ? 'source' : 'target';
  if (plan.timestampColumn === null) return priority;
  // Canonical instants have one width, so text order is time order; a row without a time loses to one with it.
  const sourceTime = source[plan.timestampColumn.target] ?? '';
  const targetTime = target[plan.timestampColumn.target] ?? '';
  if (sourceTime === targetTime) return priority;
  return sourceTime > targetTime ? 'source' : 'target';
}
