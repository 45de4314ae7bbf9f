import type { LogicalValue, RowImage } from './logical-value.js';

/**
 * A primary key as text: the value itself for a key of one column, a JSON array of the values in key order for a
 * composite key. Unambiguous for one table, since its number of key columns is fixed.
 */
export type RowKey = string;

/**
 * @param columns the key's columns, in key order
 * @param image holds at least the key columns, none of them null
 * @throws TypeError when a key column is absent or null
 */
export function formatRowKey(columns: readonly string[], image: RowImage): RowKey {
  const [only] = columns;
  if (columns.length === 1 && only !== undefined) return keyValue(only, image);
  return JSON.stringify(columns.map((column) => keyValue(column, image)));
}

function keyValue(column: string, image: RowImage): string {
  const value = image[column];
  if (value !== undefined && value !== null) return value;
  throw new TypeError(`key column "${column}" is ${value === null ? 'null' : 'absent'}`);
}

/** The reverse of {@link formatRowKey}: the key's values in key order. */
export function parseRowKey(columns: readonly string[], key: RowKey): readonly LogicalValue[] {
  return columns.length === 1 ? [key] : (JSON.parse(key) as string[]);
}
