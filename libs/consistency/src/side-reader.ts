import {
  canonicalFloat32,
  canonicalFromServerText,
  formatRowKey,
  type LogicalType,
  type LogicalValue,
  type RowKey,
} from '@rowbridge/change-event';
import type { BoundTable } from '@rowbridge/database-access';
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
  /**
   * Which of the source's keys the direction writing this database has met and not seen deleted, by its `row_versions`.
   */
  readArrived(
    origin: { readonly direction: string; readonly sourceTable: string },
    keys: readonly RowKey[],
  ): Promise<ReadonlySet<RowKey>>;
}

/** A row as a driver returns it in array mode, key columns first: text, bytes or null. */
export type ServerRow = readonly (string | Uint8Array | null)[];

/**
 * Turns what the dialect's selection of key and columns answered into canonical values, as events of the row carry them.
 * @param table bound with the columns that were asked for, whose key comes first
 */
export function decodeServerRow(row: ServerRow, engineFamily: EngineFamily, table: BoundTable): ReadRow {
  const read = [...table.key, ...table.columns].map(({ name, type }, index): ReadValue => {
    try {
      const value = canonicalFromServerText(type, engineFamily, row[index] ?? null);
      const isSingle = table.facts.columns.get(name)?.limits.singlePrecision === true;
      return value !== null && isSingle ? canonicalFloat32(value) : value;
    } catch {
      return unreadable;
    }
  });
  const key = table.key.map(({ name }, index) => [name, keyText(read[index], row[index])]);
  return {
    key: formatRowKey(
      table.key.map(({ name }) => name),
      Object.fromEntries(key) as Readonly<Record<string, string>>,
    ),
    values: read.slice(table.key.length),
  };
}

/** A key that is not of its declared type still names its row. */
function keyText(value: ReadValue | undefined, raw: ServerRow[number] | undefined): string {
  return typeof value === 'string' ? value : String(raw);
}
