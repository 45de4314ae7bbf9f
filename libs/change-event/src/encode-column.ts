import { RowbridgeError } from '@rowbridge/errors';
import { converterOf } from './column-converter.js';
import type { ColumnShape } from './column-shape.js';
import type { LogicalValue } from './logical-value.js';

const unitsPerSecond: Readonly<Record<string, bigint>> = {
  'io.debezium.time.Time': 1_000n,
  'io.debezium.time.MicroTime': 1_000_000n,
  'io.debezium.time.NanoTime': 1_000_000_000n,
  'org.apache.kafka.connect.data.Time': 1_000n,
  'io.debezium.time.Timestamp': 1_000n,
  'io.debezium.time.MicroTimestamp': 1_000_000n,
  'io.debezium.time.NanoTimestamp': 1_000_000_000n,
  'org.apache.kafka.connect.data.Timestamp': 1_000n,
};
const millisecondsPerDay = 86_400_000;

/**
 * A logical value in the form of a column's literal type: the reverse of the column's converter, which has the last
 * word on what is accepted.
 * @throws RowbridgeError `unmappable_value` where the text is not of the column's type, `unsupported_type` for
 *   structures and arrays, which nobody types in by hand
 */
export function encodeColumn(shape: ColumnShape, value: LogicalValue): unknown {
  if (value === null) return null;
  const encoded = encodeText(shape, value);
  try {
    converterOf(shape)(encoded);
  } catch {
    throw notOfType();
  }
  return encoded;
}

function encodeText(shape: ColumnShape, text: string): unknown {
  switch (shape.literal) {
    case 'string':
      return text;
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw notOfType();
      return text === 'true';
    case 'float32':
    case 'float64':
      return encodeFloat(text);
    case 'integer':
      return narrowed(encodeInteger(shape.semantic, text));
    case 'bytes':
      return encodeBytes(shape, text);
    default:
      throw new RowbridgeError('unsupported_type', `a column of type ${shape.literal} cannot be edited`);
  }
}

function encodeFloat(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || (Number.isNaN(number) && text !== 'NaN')) throw notOfType();
  return number;
}

function encodeInteger(semantic: string | null, text: string): bigint {
  if (semantic === null || semantic === 'io.debezium.time.Year') return wholeNumber(text);
  if (semantic === 'io.debezium.time.Date' || semantic === 'org.apache.kafka.connect.data.Date') {
    const milliseconds = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
    if (Number.isNaN(milliseconds)) throw notOfType();
    return BigInt(milliseconds / millisecondsPerDay);
  }
  const units = unitsPerSecond[semantic];
  if (units === undefined) throw new RowbridgeError('unsupported_type', `${semantic} cannot be edited`);
  return semantic.includes('Timestamp') ? wallClockUnits(text, units) : timeUnits(text, units);
}

function wholeNumber(text: string): bigint {
  if (!/^-?\d{1,20}$/.test(text)) throw notOfType();
  return BigInt(text);
}

/** A wall-clock time is carried as if it were UTC. */
function wallClockUnits(text: string, units: bigint): bigint {
  const [, date, time, fraction = ''] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  const milliseconds = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(milliseconds)) throw notOfType();
  return (BigInt(milliseconds) / 1_000n) * units + fractionUnits(fraction, units);
}

function timeUnits(text: string, units: bigint): bigint {
  const [, sign, hours, minutes, seconds, fraction = ''] =
    /^(-?)(\d{1,3}):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined || seconds === undefined) throw notOfType();
  const whole = BigInt(hours) * 3_600n + BigInt(minutes) * 60n + BigInt(seconds);
  const total = whole * units + fractionUnits(fraction, units);
  return sign === '-' ? -total : total;
}

/** @throws RowbridgeError where the column cannot hold so many digits */
function fractionUnits(fraction: string, units: bigint): bigint {
  const nanoseconds = BigInt(fraction.padEnd(9, '0'));
  const nanosecondsPerUnit = 1_000_000_000n / units;
  if (nanoseconds % nanosecondsPerUnit !== 0n) throw notOfType();
  return nanoseconds / nanosecondsPerUnit;
}

function encodeBytes({ semantic, parameters }: ColumnShape, text: string): Buffer {
  if (semantic === 'org.apache.kafka.connect.data.Decimal') {
    return bigEndian(unscaled(text, Number(parameters['scale'] ?? 0)));
  }
  if (semantic !== null) throw new RowbridgeError('unsupported_type', `${semantic} cannot be edited`);
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw notOfType();
  return Buffer.from(text, 'hex');
}

function unscaled(text: string, scale: number): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d{1,100})(?:\.(\d{1,100}))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.replace(/0+$/, '').length > scale) throw notOfType();
  const digits = BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale));
  return sign === '-' ? -digits : digits;
}

/** Two's complement, in as few bytes as hold the sign. */
function bigEndian(value: bigint): Buffer {
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length += 1;
  return Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, '0'),
    'hex',
  );
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function notOfType(): RowbridgeError {
  return new RowbridgeError('unmappable_value', "the value is not of the column's type");
}
