import type { LogicalValue, RowImage } from '@rowbridge/change-event';
import { postgresColumnFacts, refuseUnholdable } from '@rowbridge/database-access';
import type { PostgresTable, TypedColumn } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';

/**
 * A logical value as the text the server reads exactly (I8); the server casts it to the column's type.
 * @throws RowbridgeError when the column cannot hold it as it is
 */
export function bindValue(table: PostgresTable, column: TypedColumn, value: LogicalValue): string | null {
  const facts = postgresColumnFacts(table, column.name);
  if (value === null) {
    if (facts.nullable) return null;
    throw new RowbridgeError('null_not_allowed', `${table.label}.${column.name} holds no null`, {
      details: { table: table.label, column: column.name },
    });
  }
  refuseUnholdable(
    value,
    { type: column.type, limits: facts.limits },
    { table: table.label, column: column.name },
  );
  return column.type === 'bytes' ? `\\x${value}` : value;
}

/** Rows that fill the same columns, to be written by one statement. */
export interface ColumnGroup<Row> {
  readonly columns: readonly TypedColumn[];
  readonly stamped: boolean;
  readonly rows: readonly Row[];
}

/** Splits rows by which mapped columns they fill and whether they carry a stamp; keeps their order within a group. */
export function groupByColumns<Row extends { readonly values: RowImage; readonly stamp: string | null }>(
  table: PostgresTable,
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
