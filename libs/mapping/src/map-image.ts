import { canonicalFromEvent, type LogicalValue, type RowImage, type RowKey } from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import type { ColumnPlan, TablePlan } from './direction-plan.js';

/** Answers the target key of a source row of `entity`, or undefined when it has no known twin. */
export type TwinLookup = (entity: string, sourceKey: RowKey) => RowKey | undefined;

export type MappedImage =
  /** Target columns; a column absent from the source image is absent here. */
  | { readonly kind: 'mapped'; readonly values: RowImage }
  /** A value this mapping cannot carry. The message names table and column, never the value. */
  | {
      readonly kind: 'refused';
      readonly errorCode: 'unknown_value_word' | 'unmappable_value' | 'out_of_range';
      readonly column: string;
      readonly message: string;
    }
  /** The row names a parent without a twin. */
  | { readonly kind: 'missing_parent'; readonly entity: string; readonly column: string };

/** Carries a source row image over to the target's columns, exactly or not at all (I8). Pure. */
export function mapImage(plan: TablePlan, image: RowImage, twins: TwinLookup): MappedImage {
  const values: Record<string, LogicalValue> = {};
  for (const column of plan.columns) {
    const value = image[column.source];
    if (value === undefined) continue;
    if (value === null) {
      values[column.target] = null;
      continue;
    }
    const carried = carryValue(column, value, twins);
    if (typeof carried === 'string') values[column.target] = carried;
    else if (carried.kind === 'missing_parent') return carried;
    else return { ...carried, message: `${plan.source.table}.${column.source}: ${carried.message}` };
  }
  return { kind: 'mapped', values };
}

function carryValue(
  column: ColumnPlan,
  value: string,
  twins: TwinLookup,
): string | Exclude<MappedImage, { kind: 'mapped' }> {
  if (column.references !== null) {
    const twin = twins(column.references, value);
    return twin ?? { kind: 'missing_parent', entity: column.references, column: column.source };
  }
  if (column.words !== null) {
    const word = column.words.get(value);
    if (word !== undefined) return word;
    return {
      kind: 'refused',
      errorCode: 'unknown_value_word',
      column: column.source,
      message: `the row holds a word outside the declared value table (${[...column.words.keys()].join(', ')}); correct the row or extend the mapping`,
    };
  }
  try {
    return canonicalFromEvent(column.type, value) as string;
  } catch (error) {
    const outOfRange = error instanceof RowbridgeError && error.code === 'out_of_range';
    return {
      kind: 'refused',
      errorCode: outOfRange ? 'out_of_range' : 'unmappable_value',
      column: column.source,
      message: outOfRange
        ? `the row holds a value beyond what the declared type ${column.type} carries; correct the row or the mapping`
        : `the row holds a value that is not of the declared type ${column.type}; correct the row or the mapping`,
    };
  }
}

/** The parents a source row names: pairs of entity and source key. */
export function parentsOf(
  plan: TablePlan,
  image: RowImage,
): readonly { entity: string; sourceKey: RowKey }[] {
  return plan.columns.flatMap((column) => {
    const value = image[column.source];
    return column.references !== null && typeof value === 'string'
      ? [{ entity: column.references, sourceKey: value }]
      : [];
  });
}

/** Whether every mapped column of the two source images is the same; absent equals absent only. */
export function sameMappedColumns(plan: TablePlan, left: RowImage, right: RowImage): boolean {
  return plan.columns.every((column) => left[column.source] === right[column.source]);
}

/** Whether every mapped column is present in the source image. */
export function isWhole(plan: TablePlan, image: RowImage): boolean {
  return plan.columns.every((column) => image[column.source] !== undefined);
}
