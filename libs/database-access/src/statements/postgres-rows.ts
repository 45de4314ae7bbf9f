import { canonicalFromServerText, formatRowKey, parseRowKey } from '@rowbridge/change-event';
import type { RowImage, RowKey } from '@rowbridge/change-event';
import { quotePostgresIdentifier } from '../quote-identifier.js';
import { columnFactsOf } from './bound-table.js';
import type { BoundTable, TypedColumn } from './bound-table.js';
import { postgresSelection, postgresValue } from './postgres-value.js';
import type { RunPostgres } from './postgres-statement.js';

/** `unnest($1::bigint[], …) as input(c0, …)`: one array parameter a column, from the first parameter on. */
export function unnestInput(
  typeNames: readonly string[],
  options: { ordinality?: boolean; first?: number } = {},
): string {
  const first = options.first ?? 1;
  const arrays = typeNames
    .map((typeName, index) => `$${first + index}::${isArray(typeName) ? 'text' : typeName}[]`)
    .join(', ');
  const names = [...typeNames.keys()].map((index) => `c${index}`);
  const aliases = (options.ordinality ? [...names, 'ordinal'] : names).join(', ');
  return `unnest(${arrays})${options.ordinality ? ' with ordinality' : ''} as input(${aliases})`;
}

/** A column of {@link unnestInput} as a value of its type: unnesting takes arrays within arrays apart, so those come as text. */
export function inputValue(typeName: string, sqlName: string): string {
  return isArray(typeName) ? `${sqlName}::${typeName}` : sqlName;
}

function isArray(typeName: string): boolean {
  return typeName.endsWith('[]');
}

/** The key columns of keys as one array a column. */
export function keyArrays(table: BoundTable, keys: readonly RowKey[]): readonly (readonly string[])[] {
  const names = table.key.map(({ name }) => name);
  const parsed = keys.map((key) => parseRowKey(names, key));
  return table.key.map((column, index) =>
    parsed.map((values) => postgresValue(table, column, values[index] ?? null) as string),
  );
}

/** `target.key = input.c0 and …` */
export function keyJoin(table: BoundTable): string {
  return table.key
    .map(({ name }, index) => `target.${quotePostgresIdentifier(name)} = input.c${index}`)
    .join(' and ');
}

export function keyTypes(table: BoundTable): readonly string[] {
  return table.key.map(({ name }) => columnFactsOf(table, name).typeName);
}

/**
 * Reads rows by primary key, and locks them in key order where asked to.
 * @returns images of the table's mapped columns by row key; nothing for rows that do not exist
 */
export async function readPostgresRows(
  run: RunPostgres,
  table: BoundTable,
  request: { readonly keys: readonly RowKey[]; readonly lock: boolean },
): Promise<ReadonlyMap<RowKey, RowImage>> {
  if (request.keys.length === 0) return new Map();
  const read = [...table.key, ...table.columns];
  const names = read.map(({ name }) => `target.${quotePostgresIdentifier(name)}`);
  const selected = names.map((name, index) =>
    postgresSelection(name, columnFactsOf(table, (read[index] as TypedColumn).name)),
  );
  const order = names.slice(0, table.key.length).join(', ');
  const outcome = await run({
    text: `select ${selected.join(', ')} from ${table.sqlName} target
      join ${unnestInput(keyTypes(table))} on ${keyJoin(table)}
      ${request.lock ? `order by ${order} for update of target` : ''}`,
    values: keyArrays(table, request.keys),
    operation: request.lock ? 'lock_rows' : 'read_rows',
    table: table.label,
  });
  const keyNames = table.key.map(({ name }) => name);
  const images = new Map<RowKey, RowImage>();
  for (const row of outcome.rows) {
    const image: Record<string, string | null> = {};
    const key: Record<string, string | null> = {};
    read.forEach(({ name, type }, index) => {
      const value = canonicalFromServerText(type, 'postgres', row[index] ?? null);
      if (index < keyNames.length) key[name] = value;
      else image[name] = value;
    });
    images.set(formatRowKey(keyNames, key), image);
  }
  return images;
}
