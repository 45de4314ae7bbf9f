import type { RowImage, RowKey } from '@rowbridge/change-event';
import { compareRowKeys } from '../compare-row-keys.js';
import type { BoundTable, TypedColumn } from './bound-table.js';

/** Rows that fill the same columns, to be written by one statement. */
export interface ColumnGroup<Row> {
  readonly columns: readonly TypedColumn[];
  readonly stamped: boolean;
  readonly rows: readonly Row[];
}

/** Splits rows by which mapped columns they fill and whether they carry a stamp; keeps their order within a group. */
export function groupByColumns<Row extends { readonly values: RowImage; readonly stamp: string | null }>(
  table: BoundTable,
  rows: readonly Row[],
): readonly ColumnGroup<Row>[] {
  const groups = new Map<string, { columns: readonly TypedColumn[]; stamped: boolean; rows: Row[] }>();
  for (const row of rows) {
    let signature = row.stamp === null ? '-' : '+';
    for (const { name } of table.columns) signature += row.values[name] === undefined ? '-' : '+';
    let group = groups.get(signature);
    if (!group) {
      const columns = table.columns.filter(({ name }) => row.values[name] !== undefined);
      group = { columns, stamped: row.stamp !== null, rows: [] };
      groups.set(signature, group);
    }
    group.rows.push(row);
  }
  return [...groups.values()];
}

export function inKeyOrder<Row extends { readonly key: RowKey }>(
  table: BoundTable,
  rows: readonly Row[],
): readonly Row[] {
  const byKey = compareRowKeys(table);
  return [...rows].sort((left, right) => byKey(left.key, right.key));
}

/**
 * Which rows a transaction has locked. A set-based UPDATE or DELETE visits rows in the order its plan likes, so rows
 * not locked yet are locked in key order first.
 */
export class RowLocks {
  readonly #held = new Map<string, Set<RowKey>>();
  readonly #lock: (table: BoundTable, keys: readonly RowKey[]) => Promise<unknown>;

  /** @param lock locks rows of the table in key order */
  constructor(lock: (table: BoundTable, keys: readonly RowKey[]) => Promise<unknown>) {
    this.#lock = lock;
  }

  note(table: BoundTable, keys: readonly RowKey[]): void {
    const held = this.#held.get(table.sqlName) ?? new Set();
    for (const key of keys) held.add(key);
    this.#held.set(table.sqlName, held);
  }

  async take(table: BoundTable, keys: readonly RowKey[]): Promise<void> {
    const held = this.#held.get(table.sqlName);
    const missing = held ? keys.filter((key) => !held.has(key)) : keys;
    // One row alone has no order.
    if (missing.length < 2) return;
    await this.#lock({ ...table, columns: [] }, missing);
    this.note(table, missing);
  }
}
