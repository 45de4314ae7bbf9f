import { formatRowKey, parseRowKey } from '@rowbridge/change-event';
import type { RowImage, RowKey } from '@rowbridge/change-event';
import { quoteMysqlIdentifier } from '../quote-identifier.js';
import { columnFactsOf } from './bound-table.js';
import type { BoundTable, TypedColumn } from './bound-table.js';
import { mysqlLogicalValue, mysqlSelection, mysqlValue } from './mysql-value.js';
import type { RunMysql } from './mysql-statement.js';

/** A key's values as the driver binds them: integers and bits as numbers, so that they compare as integers and not as floats. */
export function boundKey(table: BoundTable, key: RowKey): readonly unknown[] {
  const names = table.key.map(({ name }) => name);
  return parseRowKey(names, key).map((value, index) =>
    boundKeyValue(table, table.key[index] as TypedColumn, value as string),
  );
}

function boundKeyValue(table: BoundTable, column: TypedColumn, value: string): unknown {
  const isInteger = column.type === 'int64' || column.type === 'uint64';
  if (isInteger) return BigInt(value);
  const bound = mysqlValue(table, column, value);
  const isBits = columnFactsOf(table, column.name).limits.bits !== null;
  return isBits && Buffer.isBuffer(bound) ? BigInt(`0x${bound.toString('hex')}`) : bound;
}

/**
 * `key in (?)` with its keys bound. Composite keys are told one by one: MariaDB would read the whole table to compare
 * rows with a list of tuples.
 */
export function keyPredicate(
  table: BoundTable,
  keys: readonly RowKey[],
): { text: string; values: unknown[] } {
  const names = table.key.map(({ name }) => quoteMysqlIdentifier(name));
  const bound = keys.map((key) => boundKey(table, key));
  if (names.length === 1)
    return { text: `${names[0] as string} in (?)`, values: [bound.map(([value]) => value)] };
  const tuple = `(${names.map((name) => `${name} = ?`).join(' and ')})`;
  return { text: `(${bound.map(() => tuple).join(' or ')})`, values: bound.flat() };
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
  const selected = names.map((name, index) =>
    mysqlSelection(name, columnFactsOf(table, (read[index] as TypedColumn).name)),
  );
  const wanted = keyPredicate(table, request.keys);
  const order = names.slice(0, table.key.length).join(', ');
  const outcome = await run({
    text: `select ${selected.join(', ')} from ${table.sqlName} where ${wanted.text}
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
    read.forEach((column, index) => {
      const value = mysqlLogicalValue(table, column, row[index] ?? null);
      if (index < keyNames.length) key[column.name] = value;
      else image[column.name] = value;
    });
    images.set(formatRowKey(keyNames, key), image);
  }
  return images;
}
