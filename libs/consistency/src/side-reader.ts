import {
  canonicalFromServerText,
  type LogicalType,
  type LogicalValue,
  type RowKey,
} from '@rowbridge/change-event';
import type { EngineFamily, TableSide } from '@rowbridge/mapping';

/** A column as one side holds it. */
export interface ReadColumn {
  readonly name: string;
  readonly type: LogicalType;
}

/** A row with its columns' canonical values, in the order they were asked for. */
export interface ReadRow {
  readonly key: RowKey;
  readonly values: readonly ReadValue[];
}

/** A canonical value, or the mark of a value that its declared type cannot hold. */
export type ReadValue = LogicalValue | typeof unreadable;

/** The column holds something that is not of its declared type, such as a zero date. */
export const unreadable = Symbol('unreadable');

export interface RowPage {
  /** Rows follow this key, in the database's own key order; null for the first page. */
  readonly afterKey: RowKey | null;
  readonly limit: number;
}

/** Keys of twins, by the key that was asked for. */
export type TwinKeys = ReadonlyMap<RowKey, RowKey>;

/** One database of a pair, read only. */
export interface SideReader {
  /** One page of a table in key order; fewer rows than the limit on the last page. */
  readPage(table: TableSide, columns: readonly ReadColumn[], page: RowPage): Promise<readonly ReadRow[]>;
  /** Rows by key; a key without a row is not in the answer. */
  readRows(
    table: TableSide,
    columns: readonly ReadColumn[],
    keys: readonly RowKey[],
  ): Promise<ReadonlyMap<RowKey, ReadRow>>;
  /**
   * Twins that the direction writing this database recorded in its `entity_mappings`.
   * @param known whether `keys` are keys of this database's rows (`own`) or of the other side's (`other`)
   * @returns the keys of the other kind
   */
  readTwins(entity: string, known: 'own' | 'other', keys: readonly RowKey[]): Promise<TwinKeys>;
}

/** A row as a driver returns it in array mode, key columns first: text, bytes or null. */
export type ServerRow = readonly (string | Uint8Array | null)[];

/** Turns server text into canonical values. The key comes first, in key order. */
export function decodeServerRow(
  row: ServerRow,
  layout: {
    readonly engineFamily: EngineFamily;
    readonly table: TableSide;
    readonly columns: readonly ReadColumn[];
  },
): ReadRow {
  const { engineFamily, table, columns } = layout;
  const keyValues = row.slice(0, table.key.length).map((value) => String(value));
  const values = columns.map((column, index): ReadValue => {
    try {
      return canonicalFromServerText(column.type, engineFamily, row[table.key.length + index] ?? null);
    } catch {
      return unreadable;
    }
  });
  return { key: keyValues.length === 1 ? String(keyValues[0]) : JSON.stringify(keyValues), values };
}
