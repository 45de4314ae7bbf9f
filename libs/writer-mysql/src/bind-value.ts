import type { LogicalValue } from '@rowbridge/change-event';
import { requireHoldable } from '@rowbridge/database-access';
import type { BoundTable, TypedColumn } from '@rowbridge/database-access';

/**
 * A logical value as the driver binds it, so that the server reads it exactly (I8): text, except bytes.
 * @throws RowbridgeError when the column cannot hold it as it is
 */
export function bindValue(
  table: BoundTable,
  column: TypedColumn,
  value: LogicalValue,
): string | Buffer | null {
  requireHoldable(table, column, value);
  if (value === null) return null;
  switch (column.type) {
    case 'bytes':
      return Buffer.from(value, 'hex');
    case 'boolean':
      return value === 'true' ? '1' : '0';
    case 'instant':
    case 'wall_clock':
      // The session is at +00:00, and the zone's letter is not part of the literal.
      return `${value.slice(0, 10)} ${value.slice(11, 26)}`;
    default:
      return value;
  }
}
