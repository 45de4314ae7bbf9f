/**
 * A place in a source's log as fixed-width text, so that text order is log order in JavaScript and in SQL alike:
 * `<epoch, 8 hex>/<major, 16 hex>/<middle, 12 hex>/<minor, 8 hex>`.
 * PostgreSQL: major = LSN, middle = 0. MySQL and MariaDB: major = number of the binlog file, middle = position in it,
 * minor = row within the event. The epoch is configuration, raised when the server behind a source is replaced.
 */
export type SourcePosition = string;

export interface PositionParts {
  readonly epoch: number;
  readonly major: bigint | number;
  readonly middle: bigint | number;
  readonly minor: number;
}

const hexadecimal = (value: bigint | number, width: number): string =>
  value.toString(16).padStart(width, '0');

/** The position being made, as characters: made in place, and only in the parts that differ from the one before. */
const layout = Buffer.from('00000000/0000000000000000/000000000000/00000000', 'latin1');
const hexadecimalDigits = Buffer.from('0123456789abcdef', 'latin1');
const written = { epoch: 0, major: 0, middle: 0, minor: 0 };
const largestMiddle = 2 ** 48 - 1;

export function formatSourcePosition({ epoch, major, middle, minor }: PositionParts): SourcePosition {
  if (typeof major === 'bigint' || typeof middle === 'bigint' || middle > largestMiddle) {
    return `${hexadecimal(epoch, 8)}/${hexadecimal(major, 16)}/${hexadecimal(middle, 12)}/${hexadecimal(minor, 8)}`;
  }
  if (epoch !== written.epoch) writeLow((written.epoch = epoch), 8, 8);
  if (major !== written.major) writeWhole((written.major = major), 25, 16);
  if (middle !== written.middle) writeWhole((written.middle = middle), 38, 12);
  if (minor !== written.minor) writeLow((written.minor = minor), 47, 8);
  return layout.toString('latin1');
}

/** @param value from 0 to 2^53-1 */
function writeWhole(value: number, end: number, width: number): void {
  const low = value >>> 0;
  writeLow(low, end, 8);
  writeLow((value - low) / 2 ** 32, end - 8, width - 8);
}

/** @param value from 0 to 2^32-1 */
function writeLow(value: number, end: number, width: number): void {
  for (let at = end - 1, rest = value; at >= end - width; at -= 1, rest >>>= 4) {
    layout[at] = hexadecimalDigits[rest & 15] as number;
  }
}

/** @param lsn the log sequence number as an integer (`source.lsn` of an event, or {@link parseLsn} of server text) */
export function postgresPosition(epoch: number, lsn: bigint | number, minor = 0): SourcePosition {
  return formatSourcePosition({ epoch, major: lsn, middle: 0, minor });
}

/** @param file a binlog file name such as `mysql-bin.000012`: its number orders files */
export function binlogPosition(
  epoch: number,
  log: { file: string; position: bigint | number; row?: number },
): SourcePosition {
  const major = fileNumber(log.file);
  return formatSourcePosition({ epoch, major, middle: log.position, minor: log.row ?? 0 });
}

let latestFile = { name: '', number: 0 };

/** Events come in runs of one file: its number is read once. */
function fileNumber(name: string): number {
  if (latestFile.name === name) return latestFile.number;
  const digits = /\.(\d+)$/.exec(name)?.[1];
  if (digits === undefined) throw new TypeError(`binlog file name without a number: "${name}"`);
  latestFile = { name, number: Number(digits) };
  return latestFile.number;
}

/** PostgreSQL's text form `16/B374D848` as an integer. */
export function parseLsn(text: string): bigint {
  const [high, low] = text.split('/');
  if (high === undefined || low === undefined) throw new TypeError(`not a log sequence number: "${text}"`);
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** The same place with another minor part: several writes made for one place stay distinct and ordered. */
export function withMinor(position: SourcePosition, minor: number): SourcePosition {
  return position.slice(0, position.lastIndexOf('/') + 1) + hexadecimal(minor, 8);
}
