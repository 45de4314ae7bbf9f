import { RowbridgeError } from '@rowbridge/errors';

/** Room left in a packet for the statement around the rows. */
const frameBytes = 4_096;

/**
 * Splits rows so that each part's statement fits one packet: the server answers a larger one by closing the
 * connection, which would look like an outage.
 * @param maxPacketBytes the server's max_allowed_packet
 * @throws RowbridgeError `value_too_long` for a row that fits no packet alone
 */
export function splitByPacket<Row extends readonly unknown[]>(
  rows: readonly Row[],
  maxPacketBytes: number,
  table: string,
): readonly (readonly Row[])[] {
  const room = maxPacketBytes - frameBytes;
  const parts: Row[][] = [];
  let filled = Infinity;
  for (const row of rows) {
    const bytes = row.reduce((total: number, value) => total + boundBytes(value), 4);
    if (bytes > room) {
      throw new RowbridgeError(
        'value_too_long',
        `a row for ${table} is larger than the server takes in one packet`,
        {
          details: { table, maxPacketBytes },
          whatToDo: 'Raise max_allowed_packet on the server, then replay the dead letter.',
        },
      );
    }
    if (filled + bytes > room) {
      parts.push([]);
      filled = 0;
    }
    parts.at(-1)?.push(row);
    filled += bytes;
  }
  return parts;
}

/** An upper bound of a value as the driver writes it: quoted, at worst each character escaped. */
function boundBytes(value: unknown): number {
  if (typeof value === 'string') return value.length * 2 < 1_024 ? value.length * 6 + 4 : exactBytes(value);
  if (Buffer.isBuffer(value)) return value.length * 2 + 5;
  return 24;
}

function exactBytes(value: string): number {
  return Buffer.byteLength(value) + (value.match(/[\0\b\t\n\r\x1a"'\\]/g)?.length ?? 0) + 4;
}
