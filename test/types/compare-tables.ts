import { canonicalJson } from '@rowbridge/change-event';
import type { TestDatabase } from '@rowbridge/testing';
import type { TypeColumn } from './type-column.js';
import { originTable, returnTable } from './type-leg.js';
import type { TypeLeg } from './type-leg.js';

/**
 * Asks the server itself in which columns the rows that came back differ from those that set out: by the text it shows
 * for them, or their bytes, so that nothing of ours takes part; numbers by value, JSON by content.
 * @returns differing columns by label; nothing for rows that did not come back
 */
export async function compareTables(
  database: TestDatabase,
  leg: TypeLeg,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const compared = leg.columns.flatMap((column) => comparison(leg, column));
  const rows = await database.run(
    `select origin.label as label, ${compared.join(', ')}
     from ${originTable} origin join ${returnTable(leg)} returned on returned.label = origin.label`,
  );
  return new Map(
    rows.map((row) => [
      String(row['label']),
      leg.columns.filter((column) => !isEqual(column, row)).map(({ name }) => name),
    ]),
  );
}

function isDocument({ logical }: TypeColumn): boolean {
  return logical === 'json' || logical === 'array';
}

function comparison({ origin }: TypeLeg, column: TypeColumn): readonly string[] {
  const [before, after] = [`origin.${column.name}`, `returned.${column.name}`];
  const isPostgres = origin === 'postgres';
  if (isDocument(column)) {
    const shown = (value: string): string =>
      isPostgres ? `to_json(${value})::text` : `cast(${value} as char)`;
    return [`${shown(before)} as ${column.name}`, `${shown(after)} as ${column.name}_after`];
  }
  const form = isPostgres ? postgresForm(column) : mysqlForm(column);
  const operator = isPostgres ? 'is not distinct from' : '<=>';
  return [`(${form(before)} ${operator} ${form(after)}) as ${column.name}`];
}

function postgresForm({ type }: TypeColumn): (value: string) => string {
  return type.startsWith('numeric') ? (value) => value : (value) => `${value}::text`;
}

function mysqlForm({ logical }: TypeColumn): (value: string) => string {
  switch (logical) {
    case 'float64':
    case 'decimal':
      return (value) => value;
    case 'geometry':
    case 'bits':
      return (value) => `hex(${value})`;
    default:
      return (value) => `cast(${value} as binary)`;
  }
}

function isEqual(column: TypeColumn, row: Readonly<Record<string, unknown>>): boolean {
  const found = row[column.name];
  if (!isDocument(column)) return found === true || found === 1;
  const returned = row[`${column.name}_after`];
  if (found === null || returned === null) return found === returned;
  // PostgreSQL's json may repeat a key, which no canonical form has: such a row never comes back.
  return canonicalJson(String(found)) === canonicalJson(String(returned));
}
