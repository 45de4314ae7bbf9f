import type { RowKey } from '@rowbridge/change-event';

/** Why two rows are not the same. */
export type DifferenceKind =
  /** The source row has no twin in the target. */
  | 'missing_at_target'
  /** The target row is no source row's twin. */
  | 'missing_at_source'
  /** Both exist and at least one column differs. */
  | 'values_differ'
  /** A value of the source row cannot be carried by the mapping: an unknown word, a parent without twin. */
  | 'unmappable';

/** One row that differs, named by its keys. Never holds a value. */
export interface RowDifference {
  readonly entity: string;
  readonly kind: DifferenceKind;
  readonly sourceKey: RowKey | null;
  readonly targetKey: RowKey | null;
  /** Source names of the columns that differ; empty where a row is missing. */
  readonly columns: readonly string[];
}

/** One entity's two tables, all rows of both. */
export interface TableComparison {
  /** The entity. */
  readonly name: string;
  /** `schema.table` of each side. */
  readonly source: string;
  readonly target: string;
  readonly sourceRows: number;
  readonly targetRows: number;
  readonly equal: boolean;
  /** How many rows differ, by kind. */
  readonly differing: Readonly<Record<DifferenceKind, number>>;
  /** The first of them, at most as many as asked for. */
  readonly differences: readonly RowDifference[];
}

/** Both databases of a pair. */
export interface PairComparison {
  readonly equal: boolean;
  readonly tables: readonly TableComparison[];
}

/** Counts what differs in one table and keeps the first few. */
export class DifferenceTally {
  readonly differing: Record<DifferenceKind, number> = {
    missing_at_target: 0,
    missing_at_source: 0,
    values_differ: 0,
    unmappable: 0,
  };
  readonly differences: RowDifference[] = [];

  constructor(
    private readonly entity: string,
    private readonly kept: number,
  ) {}

  add(difference: Omit<RowDifference, 'entity'>): void {
    this.differing[difference.kind] += 1;
    if (this.differences.length < this.kept) this.differences.push({ entity: this.entity, ...difference });
  }

  get isEmpty(): boolean {
    return Object.values(this.differing).every((count) => count === 0);
  }
}
