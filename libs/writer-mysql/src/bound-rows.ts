import type { LogicalValue, RowImage } from '@rowbridge/change-event';
import { hasSyncSource, quoteMysqlIdentifier, syncSourceColumn } from '@rowbridge/database-access';
import type { BoundTable, ColumnGroup } from '@rowbridge/database-access';
import { bindValue } from './bind-value.js';

/** A group's columns, quoted, and its rows' values in that order, bound. */
export interface BoundRows {
  readonly names: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** @throws RowbridgeError when a column cannot hold a value as it is (I8) */
export function boundRows(
  table: BoundTable,
  group: ColumnGroup<{ readonly values: RowImage; readonly stamp: string | null }>,
): BoundRows {
  const stamped = group.stamped && hasSyncSource(table);
  const names = group.columns.map(({ name }) => quoteMysqlIdentifier(name));
  return {
    names: stamped ? [...names, quoteMysqlIdentifier(syncSourceColumn)] : names,
    rows: group.rows.map(({ values, stamp }) => {
      const bound: unknown[] = group.columns.map((column) =>
        bindValue(table, column, values[column.name] as LogicalValue),
      );
      if (stamped) bound.push(stamp);
      return bound;
    }),
  };
}
