import type { RowImage } from '@rowbridge/change-event';
import type { MappedImage, TablePlan } from '@rowbridge/mapping';
import type { ConflictType } from '../ports.js';
import { equalRows } from './compare-change.js';
import { pickWinner } from './pick-winner.js';

/** What a second look sees once both directions have passed the noted points. */
export interface LookQuestion {
  readonly plan: TablePlan;
  /** The source row as it is now, carried over to target columns; null = no row. */
  readonly source: MappedImage | null;
  readonly target: RowImage | null;
  /** The two rows are known twins: whichever is missing was there once and has been deleted. */
  readonly twinKnown: boolean;
  /** The target row still has the key the source row had before its key changed. */
  readonly keyDiffers: boolean;
  /** Only a parent, children or a unique value stood in the way, and the target row has not moved since it was listed. */
  readonly sourceWinsUndisputed: boolean;
}

export type LookDecision =
  /** Both sides are equal: the only way an entry closes. */
  | { readonly kind: 'close' }
  | { readonly kind: 'write'; readonly values: RowImage; readonly conflict: ConflictType | null }
  | { readonly kind: 'delete'; readonly conflict: ConflictType | null }
  /** The target's row wins: the reverse direction has to write. */
  | { readonly kind: 'hand_over' }
  | { readonly kind: 'wait'; readonly reason: 'missing_parent' }
  | { readonly kind: 'refuse'; readonly errorCode: string; readonly message: string };

/**
 * Settles one key. Asked with the same two rows, both directions come to the same result, each writing only its own
 * target (I6). A missing row is told from a row that never arrived by the twins' link, never by clocks.
 */
export function decideLook(question: LookQuestion): LookDecision {
  const { source, target, twinKnown, sourceWinsUndisputed, plan } = question;
  if (source === null) {
    if (target === null) return { kind: 'close' };
    if (sourceWinsUndisputed || plan.oneWay) return { kind: 'delete', conflict: null };
    return twinKnown && plan.deleteVersusUpdate === 'delete_wins'
      ? { kind: 'delete', conflict: 'delete_origin_differs' }
      : { kind: 'hand_over' };
  }
  if (source.kind === 'refused')
    return { kind: 'refuse', errorCode: source.errorCode, message: source.message };
  if (source.kind === 'missing_parent') return { kind: 'wait', reason: 'missing_parent' };
  if (target === null) {
    const undisputed = sourceWinsUndisputed || !twinKnown || plan.oneWay;
    if (!undisputed && plan.deleteVersusUpdate === 'delete_wins') return { kind: 'hand_over' };
    return { kind: 'write', values: source.values, conflict: undisputed ? null : 'update_missing' };
  }
  const columns = plan.columns.map((column) => column.target);
  if (equalRows(columns, source.values, target)) {
    // A key change is a move, not a conflict.
    return question.keyDiffers ? { kind: 'write', values: source.values, conflict: null } : { kind: 'close' };
  }
  if (sourceWinsUndisputed || plan.oneWay) return { kind: 'write', values: source.values, conflict: null };
  if (pickWinner(plan, source.values, target) === 'target') return { kind: 'hand_over' };
  return {
    kind: 'write',
    values: source.values,
    conflict: twinKnown ? 'update_origin_differs' : 'insert_exists',
  };
}
