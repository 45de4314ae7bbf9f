import type { RowImage, RowKey } from '@rowbridge/change-event';
import type { MappedImage } from '@rowbridge/mapping';
import type { LookReason } from '../ports.js';

/** What is known when one chain of changes meets the target row, everything in target columns. */
export interface ChangeComparison {
  readonly isSnapshotRead: boolean;
  /** The source row before and after, carried over; null = no row. */
  readonly before: MappedImage | null;
  readonly after: MappedImage | null;
  /** The target's columns this table maps. */
  readonly columns: readonly string[];
  /** The twin, or the row that holds the same natural key. */
  readonly target: { readonly key: RowKey; readonly row: RowImage } | null;
  /** The twin's key where it is known, whether or not the row exists. */
  readonly twinKey: RowKey | null;
  /** The key a new target row gets where both sides share their keys; null where the target assigns it. */
  readonly insertKey: RowKey | null;
  /** Changes flow in this direction only. */
  readonly oneWay: boolean;
  /** The snapshot read may fill the target: the table is seeded in this direction and the key was never on both sides. */
  readonly maySeed: boolean;
}

export type ChangeDecision =
  | { readonly kind: 'insert'; readonly key: RowKey | null; readonly values: RowImage }
  | { readonly kind: 'update'; readonly key: RowKey; readonly values: RowImage }
  | { readonly kind: 'delete'; readonly key: RowKey }
  /** Nothing to write: the chain ends where it began, or a snapshot read finds its row. */
  | { readonly kind: 'leave'; readonly outcome: 'applied' | 'unchanged' }
  | { readonly kind: 'defer'; readonly reason: LookReason; readonly blocked: boolean }
  | { readonly kind: 'refuse'; readonly errorCode: string; readonly message: string };

const defer = (reason: LookReason, blocked = false): ChangeDecision => ({ kind: 'defer', reason, blocked });

/**
 * The fast path's compare: writes only where the target still is what the source's change started from. Equality with
 * the after-image is not enough: two applications may have written the same value, and A→B→A looks like nothing.
 */
export function compareChange(comparison: ChangeComparison): ChangeDecision {
  const { before, after, target } = comparison;
  if (after?.kind === 'refused')
    return { kind: 'refuse', errorCode: after.errorCode, message: after.message };
  if (comparison.oneWay) return compareOneWay(comparison);
  if (comparison.isSnapshotRead) return compareRead(comparison);
  if (before === null && after === null)
    return target === null ? { kind: 'leave', outcome: 'applied' } : defer('insert_exists');
  if (before === null) return compareCreate(comparison);
  if (target === null) return defer(after === null ? 'delete_missing' : 'update_missing');
  const held = before.kind === 'mapped' && equalRows(comparison.columns, before.values, target.row);
  if (after?.kind === 'missing_parent') return defer('missing_parent', held);
  if (!held) return defer(after === null ? 'delete_origin_differs' : 'update_origin_differs');
  if (after === null) return { kind: 'delete', key: target.key };
  if (equalRows(comparison.columns, after.values, target.row)) return { kind: 'leave', outcome: 'applied' };
  return { kind: 'update', key: target.key, values: after.values };
}

/** The source always wins; only a row that is not known whole cannot be inserted. */
function compareOneWay({ after, target, columns, insertKey }: ChangeComparison): ChangeDecision {
  if (after === null) {
    return target === null ? { kind: 'leave', outcome: 'unchanged' } : { kind: 'delete', key: target.key };
  }
  if (after.kind !== 'mapped') return defer('missing_parent', true);
  if (target === null) {
    return hasEvery(columns, after.values)
      ? { kind: 'insert', key: insertKey, values: after.values }
      : defer('absent_column');
  }
  if (equalRows(columns, after.values, target.row)) return { kind: 'leave', outcome: 'unchanged' };
  return { kind: 'update', key: target.key, values: after.values };
}

function compareCreate({ after, target, twinKey, columns, insertKey }: ChangeComparison): ChangeDecision {
  if (after?.kind === 'missing_parent') return defer('missing_parent', target === null && twinKey === null);
  if (after?.kind !== 'mapped' || target !== null) return defer('insert_exists');
  // The twins have met before, so the missing one was deleted: perhaps by an application, after this insert.
  if (twinKey !== null) return defer('update_missing');
  if (!hasEvery(columns, after.values)) return defer('absent_column');
  return { kind: 'insert', key: insertKey, values: after.values };
}

function compareRead({ after, target, maySeed, columns, insertKey }: ChangeComparison): ChangeDecision {
  if (after?.kind === 'missing_parent') return defer('missing_parent', target === null && maySeed);
  if (after?.kind !== 'mapped') return defer('snapshot_differs');
  if (target !== null) {
    return equalRows(columns, after.values, target.row)
      ? { kind: 'leave', outcome: 'unchanged' }
      : defer('snapshot_differs');
  }
  return maySeed && hasEvery(columns, after.values)
    ? { kind: 'insert', key: insertKey, values: after.values }
    : defer('snapshot_differs');
}

/** Compares every column the left image knows; absent columns of it are left out. */
export function equalRows(columns: readonly string[], left: RowImage, right: RowImage): boolean {
  return columns.every((column) => left[column] === undefined || left[column] === right[column]);
}

function hasEvery(columns: readonly string[], image: RowImage): boolean {
  return columns.every((column) => image[column] !== undefined);
}
