import type { LogicalValue } from '@rowbridge/change-event';
import { mysqlValue, requireHoldable } from '@rowbridge/database-access';
import type { BoundTable, TypedColumn } from '@rowbridge/database-access';

/**
 * A logical value as the driver binds it, so that the server reads it exactly (I8).
 * @throws RowbridgeError when the column cannot hold it as it is
 */
export function bindValue(
  table: BoundTable,
  column: TypedColumn,
  value: LogicalValue,
): string | Buffer | null {
  requireHoldable(table, column, value);
  return mysqlValue(table, column, value);
}
