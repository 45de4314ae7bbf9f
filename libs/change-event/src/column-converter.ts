import { RowbridgeError } from '@rowbridge/errors';
import { canonicalJson } from './canonical-json.js';
import { decimalFromUnscaled, float32Text, floatText } from './canonical-number.js';
import {
  canonicalInstant,
  canonicalZonedTime,
  dateFromEpochDays,
  timeFromUnits,
  wallClockFromEpoch,
} from './canonical-time.js';
import { canonicalBytes } from './canonical-bytes.js';
import { geometryFromWkb, geometryOfPoint } from './canonical-geometry.js';
import { canonicalUuid } from './canonical-value.js';
import type { ColumnShape, LiteralType, StructValue } from './column-shape.js';
import type { LogicalValue } from './logical-value.js';

/** Turns a value that is not null into its logical value. */
export type ColumnConverter = (value: unknown) => LogicalValue;

type Integer = number | bigint;

interface Semantic {
  readonly literal: LiteralType;
  readonly convert: (value: unknown, shape: ColumnShape) => LogicalValue;
}

const integer = (convert: (value: Integer) => string): Semantic => ({
  literal: 'integer',
  convert: (value) => convert(value as Integer),
});
const string = (convert: (value: string) => string): Semantic => ({
  literal: 'string',
  convert: (value) => convert(value as string),
});
const unchanged = string((text) => text);
const milliTime = integer((value) => timeFromUnits(value, 1_000));
const milliTimestamp = integer((value) => wallClockFromEpoch(value, 1_000));
const days = integer((value) => dateFromEpochDays(Number(value)));

/** What the year 0000 of MySQL arrives as (seen); no YEAR column holds 1900 itself. */
const zeroYear = 1900;

/** What Debezium and Kafka Connect name, as the pinned capture settings send it. Anything else is refused. */
const semantics: Readonly<Record<string, Semantic>> = {
  'org.apache.kafka.connect.data.Decimal': {
    literal: 'bytes',
    convert: (value, { parameters }) =>
      decimalFromUnscaled(bigEndianInteger(value as Uint8Array), Number(parameters['scale'] ?? 0)),
  },
  'org.apache.kafka.connect.data.Date': days,
  'org.apache.kafka.connect.data.Time': milliTime,
  'org.apache.kafka.connect.data.Timestamp': milliTimestamp,
  'io.debezium.data.VariableScaleDecimal': { literal: 'struct', convert: variableScaleDecimal },
  'io.debezium.time.Date': days,
  'io.debezium.time.Time': milliTime,
  'io.debezium.time.MicroTime': integer((value) => timeFromUnits(value, 1_000_000)),
  'io.debezium.time.NanoTime': integer((value) => timeFromUnits(value, 1_000_000_000)),
  'io.debezium.time.Timestamp': milliTimestamp,
  'io.debezium.time.MicroTimestamp': integer((value) => wallClockFromEpoch(value, 1_000_000)),
  'io.debezium.time.NanoTimestamp': integer((value) => wallClockFromEpoch(value, 1_000_000_000)),
  'io.debezium.time.ZonedTimestamp': string(canonicalInstant),
  'io.debezium.time.ZonedTime': string(canonicalZonedTime),
  'io.debezium.time.Year': integer((value) => (Number(value) === zeroYear ? '0' : value.toString())),
  'io.debezium.time.Interval': unchanged,
  'io.debezium.data.Enum': unchanged,
  'io.debezium.data.EnumSet': unchanged,
  'io.debezium.data.Json': string(canonicalJson),
  'io.debezium.data.Uuid': string(canonicalUuid),
  'io.debezium.data.Xml': unchanged,
  'io.debezium.data.Ltree': unchanged,
  'io.debezium.data.Tsvector': unchanged,
  'io.debezium.data.Bits': { literal: 'bytes', convert: bitString },
  'io.debezium.data.geometry.Point': { literal: 'struct', convert: point },
  'io.debezium.data.geometry.Geometry': { literal: 'struct', convert: geometry },
  'io.debezium.data.geometry.Geography': { literal: 'struct', convert: geometry },
  'io.debezium.data.FloatVector': { literal: 'array', convert: vector },
  'io.debezium.data.DoubleVector': { literal: 'array', convert: vector },
};

const literals: Readonly<Partial<Record<LiteralType, ColumnConverter>>> = {
  integer: (value) => (value as Integer).toString(),
  float32: (value) => float32Text(value as number),
  float64: (value) => floatText(value as number),
  boolean: (value) => (value === true ? 'true' : 'false'),
  string: (value) => value as string,
  bytes: (value) => canonicalBytes(value as Uint8Array),
};

/**
 * The converter of a column: by semantic name first, by literal type second. A shape that is not covered yields a
 * converter that refuses, so that a row whose column is NULL still passes.
 * @throws RowbridgeError never itself; the converter throws `unsupported_type`, or what the canonical forms throw
 */
export function converterOf(shape: ColumnShape): ColumnConverter {
  if (shape.semantic !== null) {
    const semantic = semantics[shape.semantic];
    if (semantic?.literal !== shape.literal) return refusing(`${shape.semantic} as ${shape.literal}`);
    return (value) => semantic.convert(value, shape);
  }
  if (shape.literal === 'array' && shape.items !== null) return arrayConverter(shape.items);
  return literals[shape.literal] ?? refusing(shape.literal);
}

/** Whether values of the shape can be read at all: its name, and its elements' names, are known. */
export function hasConverter(shape: ColumnShape): boolean {
  if (shape.semantic !== null) return semantics[shape.semantic]?.literal === shape.literal;
  if (shape.literal === 'array' && shape.items !== null) return hasConverter(shape.items);
  return literals[shape.literal] !== undefined;
}

function refusing(description: string): ColumnConverter {
  return () => {
    throw new RowbridgeError('unsupported_type', `no conversion is known for the type ${description}`);
  };
}

/**
 * An array as canonical JSON text: numbers, booleans and JSON bare, everything else as strings. Of an array within an
 * array Debezium 3.5 sends what Java calls it, or null (seen): such a value is refused, and with it an array of nulls
 * alone, which cannot be told from it.
 */
function arrayConverter(items: ColumnShape): ColumnConverter {
  const convert = elementConverterOf(items);
  const bare =
    items.literal === 'boolean' || (items.literal === 'integer' && items.semantic === null)
      ? true
      : items.semantic === 'io.debezium.data.Json' || isNested(items);
  const isFloat = items.literal === 'float32' || items.literal === 'float64';
  const element = (value: unknown): string => {
    if (value === null || value === undefined) return 'null';
    if (typeof value === 'string' && javaArray.test(value)) throw untoldElements();
    const text = convert(value) ?? 'null';
    return bare || (isFloat && Number.isFinite(value)) ? text : JSON.stringify(text);
  };
  return (value) => {
    const elements = (value as readonly unknown[]).map(element);
    if (elements.length > 0 && elements.every((text) => text === 'null')) throw untoldElements();
    const text = `[${elements.join(',')}]`;
    return isFloat ? canonicalJson(text) : text;
  };
}

const javaArray = /^\[+(?:L[\w.$]+;|[A-Z])@[0-9a-f]+$/;

function untoldElements(): RowbridgeError {
  return new RowbridgeError(
    'unmappable_value',
    'an array within an array, or of nulls alone: events do not tell which, nor its elements',
  );
}

/** Within arrays, days before the Gregorian calendar are taken for days of the Julian one and shifted (seen). */
const firstUnshiftedDay = '1582-10-25';

function elementConverterOf(items: ColumnShape): ColumnConverter {
  const convert = converterOf(items);
  if (items.literal !== 'integer' || items.semantic?.endsWith('Timestamp') !== true) return convert;
  return (value) => {
    const text = convert(value);
    if (text !== null && /^\d/.test(text) && text < firstUnshiftedDay) {
      throw new RowbridgeError(
        'out_of_range',
        `a time before ${firstUnshiftedDay} within an array: events shift its day`,
      );
    }
    return text;
  };
}

function isNested(items: ColumnShape): boolean {
  return items.literal === 'array' && items.semantic === null;
}

function bigEndianInteger(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const magnitude = BigInt(`0x${canonicalBytes(bytes)}`);
  return BigInt.asIntN(bytes.length * 8, magnitude);
}

function variableScaleDecimal(value: unknown): LogicalValue {
  const { scale, value: unscaled } = value as { readonly scale: Integer; readonly value: Uint8Array };
  return decimalFromUnscaled(bigEndianInteger(unscaled), Number(scale));
}

/** PostgreSQL's point has no reference system; MySQL's comes with its number and as well-known binary. */
function point(value: unknown, shape: ColumnShape): LogicalValue {
  const fields = value as StructValue;
  if (fields['wkb'] instanceof Uint8Array) return geometry(value, shape);
  const { x: longitude, y: latitude } = fields;
  if (typeof longitude !== 'number' || typeof latitude !== 'number')
    return refusing('a point without x and y')(value);
  return geometryOfPoint(longitude, latitude);
}

function geometry(value: unknown, { semantic }: ColumnShape): LogicalValue {
  const { wkb, srid } = value as StructValue;
  if (!(wkb instanceof Uint8Array)) return refusing(`${semantic ?? 'a geometry'} without its bytes`)(value);
  return geometryFromWkb(wkb, Number((srid as Integer | null) ?? 0));
}

/** Vectors as JSON arrays of numbers. */
function vector(value: unknown, { items }: ColumnShape): LogicalValue {
  return items === null ? refusing('a vector of unknown elements')(value) : arrayConverter(items)(value);
}

/** PostgreSQL sends this as the length of a `bit varying` without limit: how many bits there were is lost. */
const unboundedLength = 2_147_483_647;

/** Bits as text, most significant first, from Debezium's little-endian bytes. */
function bitString(value: unknown, { parameters }: ColumnShape): LogicalValue {
  const length = Number(parameters['length']);
  if (!(length > 0 && length < unboundedLength)) return refusing('bits of unknown length')(value);
  const digits = canonicalBytes((value as Uint8Array).slice().reverse());
  return BigInt(`0x0${digits}`).toString(2).padStart(length, '0');
}

/** A struct's field that must hold an integer, such as `lsn`; null where it is null or missing. */
export function integerField(struct: StructValue, name: string): bigint | number | null {
  const value = struct[name];
  return typeof value === 'number' || typeof value === 'bigint' ? value : null;
}

/** A struct's field that must hold a string; null where it is null or missing. */
export function stringField(struct: StructValue, name: string): string | null {
  const value = struct[name];
  return typeof value === 'string' ? value : null;
}
