import { canonicalFromServerText, formatRowKey, parseRowKey } from '@rowbridge/change-event';
import type { RowImage, RowKey } from '@rowbridge/change-event';
import { quoteMysqlIdentifier } from '../quote-identifier.js';
import type { BoundTable, TypedColumn } from './bound-table.js';
import type { RunMysql } from './mysql-statement.js';

/** A key's values as the driver binds them: integers as numbers, so that they compare as integers and not as floats. */
export function boundKey(table: BoundTable, key: RowKey): readonly unknown[] {
  const names = table.key.map(({ name }) => name);
  return parseRowKey(names, key).map((value, index) =>
    boundKeyValue(table.key[index] as TypedColumn, value as string),
  );
}

function boundKeyValue(column: TypedColumn, value: string): unknown {
  if (column.type === 'int64') return BigInt(value);
  return column.type === 'bytes' ? Buffer.from(value, 'hex') : value;
}

/** `key in (?)`, or `(key, key) in (?)` with its keys bound. */
export function keyPredicate(
  table: BoundTable,
  keys: readonly RowKey[],
): { text: string; values: unknown[] } {
  const names = table.key.map(({ name }) => quoteMysqlIdentifier(name));
  const bound = keys.map((key) => boundKey(table, key));
  if (names.length === 1)
    return { text: `${names[0] as string} in (?)`, values: [bound.map(([value]) => value)] };
  return { text: `(${names.join(', ')}) in (?)`, values: [bound] };
}

/**
 * Reads rows by primary key, and locks them in key order where asked to.
 * @returns images of the table's mapped columns by row key; nothing for rows that do not exist
 */
export async function readMysqlRows(
  run: RunMysql,
  table: BoundTable,
  request: { readonly keys: readonly RowKey[]; readonly lock: boolean },
): Promise<ReadonlyMap<RowKey, RowImage>> {
  if (request.keys.length === 0) return new Map();
  const read = [...table.key, ...table.columns];
  const names = read.map(({ name }) => quoteMysqlIdentifier(name));
  const wanted = keyPredicate(table, request.keys);
  const order = names.slice(0, table.key.length).join(', ');
  const outcome = await run({
    text: `select ${names.join(', ')} from ${table.sqlName} where ${wanted.text}
      ${request.lock ? `order by ${order} for update` : ''}`,
    values: wanted.values,
    operation: request.lock ? 'lock_rows' : 'read_rows',
    table: table.label,
  });
  const keyNames = table.key.map(({ name }) => name);
  const images = new Map<RowKey, RowImage>();
  for (const row of outcome.rows) {
    const image: Record<string, string | null> = {};
    const key: Record<string, string | null> = {};
    read.forEach(({ name, type }, index) => {
      const value = canonicalFromServerText(type, 'mysql', row[index] ?? null);
      if (index < keyNames.length) key[name] = value;
      else image[name] = value;
    });
    images.set(formatRowKey(keyNames, key), image);
  }
  return images;
}
