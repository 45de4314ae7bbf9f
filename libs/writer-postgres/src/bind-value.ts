import type { LogicalValue } from '@rowbridge/change-event';
import { postgresValue, requireHoldable } from '@rowbridge/database-access';
import type { BoundTable, TypedColumn } from '@rowbridge/database-access';

/**
 * A logical value as the text the server reads exactly (I8); the server casts it to the column's type.
 * @throws RowbridgeError when the column cannot hold it as it is
 */
export function bindValue(table: BoundTable, column: TypedColumn, value: LogicalValue): string | null {
  requireHoldable(table, column, value);
  return postgresValue(table, column, value);
}
