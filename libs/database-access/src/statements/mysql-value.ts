import {
  canonicalFloat32,
  canonicalFromServerText,
  geometryToMysql,
  type LogicalValue,
} from '@rowbridge/change-event';
import type { ColumnFacts } from '../facts/table-facts.js';
import { columnFactsOf } from './bound-table.js';
import type { BoundTable, TypedColumn } from './bound-table.js';

/**
 * A logical value as the driver binds it, so that the server reads it exactly (I8): text, except bytes. The session is
 * at +00:00.
 * @param value one the column can hold
 */
export function mysqlValue(
  table: BoundTable,
  column: TypedColumn,
  value: LogicalValue,
): string | Buffer | null {
  if (value === null) return null;
  const { limits } = columnFactsOf(table, column.name);
  switch (column.type) {
    case 'bytes':
      return Buffer.from(value, 'hex');
    case 'bits':
      return bitBytes(value);
    case 'boolean':
      if (limits.bits !== null) return bitBytes(value === 'true' ? '1' : '0');
      return value === 'true' ? '1' : '0';
    case 'instant':
    case 'wall_clock':
      // The zone's letter is not part of the literal.
      return `${value.slice(0, 10)} ${value.slice(11, 26)}`;
    case 'uuid':
      return limits.exactBytes === null ? value : Buffer.from(value.replaceAll('-', ''), 'hex');
    case 'geometry':
      return geometryToMysql(value);
    case 'float64':
      // The server reads a double first: the shortest text of the largest single float lies beyond it.
      return limits.singlePrecision ? String(Math.fround(Number(value))) : value;
    case 'int64':
      // The text 0 is the year 2000.
      return limits.years ? value.padStart(4, '0') : value;
    default:
      return value;
  }
}

/** The server takes bytes for a bit string as they are, most significant first. */
function bitBytes(digits: string): Buffer {
  const whole = digits.padStart(Math.ceil(digits.length / 8) * 8, '0');
  return Buffer.from(
    BigInt(`0b${whole}`)
      .toString(16)
      .padStart(whole.length / 4, '0'),
    'hex',
  );
}

/** What to select so that the server shows the column's value in full: it rounds single floats, and shows bits as bytes. */
export function mysqlSelection(sqlName: string, { limits }: ColumnFacts): string {
  if (limits.bits !== null) return `lpad(bin(${sqlName}), ${limits.bits}, '0')`;
  return limits.singlePrecision ? `(${sqlName} + 0e0)` : sqlName;
}

/** The logical value of what {@link mysqlSelection} answered. @throws RowbridgeError as `canonicalFromServerText` does */
export function mysqlLogicalValue(
  table: BoundTable,
  column: TypedColumn,
  serverText: string | Buffer | null,
): LogicalValue {
  const value = canonicalFromServerText(column.type, 'mysql', serverText);
  const { limits } = columnFactsOf(table, column.name);
  return value !== null && limits.singlePrecision ? canonicalFloat32(value) : value;
}
