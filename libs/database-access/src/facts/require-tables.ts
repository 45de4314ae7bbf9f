import type { LogicalType } from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import { factsKey } from './table-facts.js';
import type { TableFacts } from './table-facts.js';

/** What a mapping expects of one table. */
export interface ExpectedTable {
  readonly schema: string;
  readonly table: string;
  readonly key: readonly string[];
  readonly keyType: LogicalType;
  readonly columns: readonly { readonly name: string; readonly type: LogicalType }[];
}

/**
 * Refuses a mapping the catalog does not bear out.
 * @param written whether the mapping writes the table, so that computed columns are refused
 * @throws RowbridgeError `invalid_configuration` or `table_without_primary_key`, naming table, column and what is allowed
 */
export function requireTables(
  facts: ReadonlyMap<string, TableFacts>,
  expected: readonly ExpectedTable[],
  written: boolean,
): void {
  for (const table of expected) {
    const label = `${table.schema}.${table.table}`;
    const found = facts.get(factsKey(table.schema, table.table));
    if (!found) {
      throw invalid(label, null, `the table ${label} does not exist, or this user may not see it`);
    }
    requireKey(found, table, label);
    for (const column of [...table.key.map((name) => ({ name, type: table.keyType })), ...table.columns]) {
      requireColumn(found, column, { label, written });
    }
  }
}

function requireKey(found: TableFacts, table: ExpectedTable, label: string): void {
  if (found.primaryKey.length === 0) {
    throw new RowbridgeError('table_without_primary_key', `the table ${label} has no primary key`, {
      details: { table: label },
      whatToDo: `Add a primary key on (${table.key.join(', ')}).`,
    });
  }
  if (found.primaryKey.join() !== table.key.join()) {
    throw invalid(
      label,
      null,
      `the primary key of ${label} is (${found.primaryKey.join(', ')}), the mapping says (${table.key.join(', ')})`,
    );
  }
}

function requireColumn(
  found: TableFacts,
  column: { readonly name: string; readonly type: LogicalType },
  { label, written }: { label: string; written: boolean },
): void {
  const facts = found.columns.get(column.name);
  if (!facts) {
    const names = [...found.columns.keys()].join(', ');
    throw invalid(label, column.name, `${label} has no column "${column.name}"; it has ${names}`);
  }
  if (!facts.holds.has(column.type)) {
    const allowed = [...facts.holds].join(', ') || 'nothing that can be carried';
    throw invalid(
      label,
      column.name,
      `${label}.${column.name} is ${facts.typeName}, the mapping declares ${column.type}; it can be ${allowed}`,
    );
  }
  if (written && facts.computed) {
    throw invalid(
      label,
      column.name,
      `${label}.${column.name} is computed by the database and cannot be written`,
    );
  }
}

function invalid(table: string, column: string | null, message: string): RowbridgeError {
  return new RowbridgeError('invalid_configuration', message, {
    details: column === null ? { table } : { table, column },
  });
}
