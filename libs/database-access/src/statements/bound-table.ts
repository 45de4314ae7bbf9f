import type { LogicalType, LogicalValue } from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import { refuseUnholdable } from '../facts/column-limits.js';
import { expectedKeyColumns, type ExpectedTable } from '../expected-tables.js';
import { factsKey, syncSourceColumn } from '../facts/table-facts.js';
import type { ColumnFacts, TableFacts } from '../facts/table-facts.js';

/** A column to read or write, by its name in this database. */
export interface TypedColumn {
  readonly name: string;
  readonly type: LogicalType;
}

/** One table as SQL names it, with the columns that take part and what the catalog says of them. */
export interface BoundTable {
  /** `schema.table`, for messages. */
  readonly label: string;
  /** Quoted, for SQL. */
  readonly sqlName: string;
  readonly facts: TableFacts;
  readonly key: readonly TypedColumn[];
  readonly columns: readonly TypedColumn[];
}

/** @param facts hold the table: it was required before */
export function bindTable(
  expected: ExpectedTable,
  facts: ReadonlyMap<string, TableFacts>,
  quoteIdentifier: (name: string) => string,
): BoundTable {
  const { schema, table, columns } = expected;
  return {
    label: `${schema}.${table}`,
    sqlName: `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`,
    facts: facts.get(factsKey(schema, table)) as TableFacts,
    key: expectedKeyColumns(expected),
    columns,
  };
}

/** @param name a column that was required before */
export function columnFactsOf(table: BoundTable, name: string): ColumnFacts {
  return table.facts.columns.get(name) as ColumnFacts;
}

export function hasSyncSource(table: BoundTable): boolean {
  return table.facts.columns.has(syncSourceColumn);
}

/** The mapped or key column of that name. @throws RowbridgeError `internal_error` where there is none */
export function mappedColumn(table: BoundTable, name: string): TypedColumn {
  const column = [...table.columns, ...table.key].find((candidate) => candidate.name === name);
  if (!column) throw new RowbridgeError('internal_error', `${table.label} has no mapped column ${name}`);
  return column;
}

/**
 * Refuses what the column cannot hold exactly (I8).
 * @throws RowbridgeError `null_not_allowed`, `out_of_range`, `value_too_long` or `unmappable_value`, without the value
 */
export function requireHoldable(table: BoundTable, column: TypedColumn, value: LogicalValue): void {
  const facts = columnFactsOf(table, column.name);
  const destination = { table: table.label, column: column.name };
  if (value !== null) {
    refuseUnholdable(value, { type: column.type, limits: facts.limits }, destination);
  } else if (!facts.nullable) {
    throw new RowbridgeError('null_not_allowed', `${table.label}.${column.name} holds no null`, {
      details: { ...destination },
    });
  }
}
