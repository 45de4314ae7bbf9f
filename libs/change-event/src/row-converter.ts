import { RowbridgeError } from '@rowbridge/errors';
import { converterOf } from './column-converter.js';
import type { ColumnShape, StructValue } from './column-shape.js';
import type { LogicalValue, RowImage } from './logical-value.js';
import { unavailableTest } from './unavailable-value.js';

/**
 * Turns a decoded struct into a row image.
 * @param unchanged the same row before, with its image: a column with the same number or text is not converted again.
 *   Both structs are to come from one envelope, whose images have the same columns.
 */
export type RowConverter = (struct: StructValue, unchanged?: ConvertedRow) => RowImage;

export interface ConvertedRow {
  readonly struct: StructValue;
  readonly image: RowImage;
}

interface ColumnPlan {
  readonly name: string;
  readonly convert: OriginConverter;
  readonly isUnavailable: ((value: unknown) => boolean) | null;
  /** Its values are texts that stand for themselves. */
  readonly isPlain: boolean;
}

/** Where a row comes from, as far as its values are read differently. */
export interface RowOrigin {
  /** PostgreSQL sends placeholders for values it does not know. */
  readonly engine: 'postgres' | 'mysql' | 'mariadb' | 'key';
  /** Read through JDBC instead of the log. */
  readonly fromSnapshot: boolean;
}

/**
 * Builds the converter of a row once per schema.
 * @param wanted the columns to read, null all: what nobody asks for is neither read nor refused
 * @throws RowbridgeError from the converter: `unsupported_type`, `unmappable` or `out_of_range`, naming the column
 */
export function rowConverterOf(
  shape: ColumnShape,
  origin: RowOrigin,
  wanted: ReadonlySet<string> | null = null,
): RowConverter {
  const fields = shape.fields.filter(({ name }) => wanted?.has(name) !== false);
  const columns = fields.map(({ name, shape: column }): ColumnPlan => ({
    name,
    convert: converterFor(column, origin),
    isUnavailable: origin.engine === 'postgres' ? unavailableTest(column) : null,
    isPlain: isPlainText(column, origin),
  }));
  const readsAll = fields.length === shape.fields.length;
  return (struct, unchanged) =>
    (readsAll ? wholeImage(columns, struct, unchanged) : null) ?? imageOf(columns, struct);
}

function imageOf(columns: readonly ColumnPlan[], struct: StructValue): RowImage {
  const image: Record<string, LogicalValue> = {};
  for (const column of columns) {
    const value = struct[column.name];
    if (value === null || value === undefined) image[column.name] = null;
    else if (!column.isUnavailable?.(value)) {
      const converted = convertColumn(column, value);
      if (converted !== undefined) image[column.name] = converted;
    }
  }
  return image;
}

/**
 * The image of a row all of whose columns are wanted and known: a copy of the struct, with the values put in place that
 * do not stand for themselves, which is a fraction of the work of adding one column after the other.
 * @returns null where a column is absent: it cannot be taken out of a copy cheaply
 */
function wholeImage(
  columns: readonly ColumnPlan[],
  struct: StructValue,
  unchanged?: ConvertedRow,
): RowImage | null {
  const image = { ...struct } as Record<string, LogicalValue>;
  for (const column of columns) {
    const { name } = column;
    const value = struct[name];
    if (value === null) continue;
    if (value === undefined) return null;
    const before = unchanged?.struct[name] === value ? unchanged.image[name] : undefined;
    if (before !== undefined) image[name] = before;
    else if (column.isUnavailable?.(value)) return null;
    else if (!column.isPlain) {
      const converted = convertColumn(column, value);
      if (converted === undefined) return null;
      image[name] = converted;
    }
  }
  return image;
}

function isPlainText({ literal, semantic }: ColumnShape, { engine }: RowOrigin): boolean {
  if (literal !== 'string') return false;
  return semantic === null || (semantic === 'io.debezium.data.Enum' && engine === 'postgres');
}

/** Answers undefined where the value that was sent may not be the row's. */
type OriginConverter = (value: unknown) => LogicalValue | undefined;

function converterFor(column: ColumnShape, { engine, fromSnapshot }: RowOrigin): OriginConverter {
  const convert = converterOf(column);
  const isBinlog = engine === 'mysql' || engine === 'mariadb';
  if (isBinlog && column.semantic === 'io.debezium.data.Enum') {
    // The connector writes a backslash before each comma of a label (seen).
    return (value) => convert(value)?.replaceAll('\\,', ',') ?? null;
  }
  const isDoubtful = fromSnapshot
    ? doubtfulInSnapshots[engine][column.semantic ?? column.literal]
    : undefined;
  if (!isDoubtful) return convert;
  return (value) => {
    try {
      const converted = convert(value);
      return converted !== null && isDoubtful(converted) ? undefined : converted;
    } catch (error) {
      // What is out of range here may be in range in the row.
      if (error instanceof RowbridgeError && error.code === 'out_of_range') return undefined;
      throw error;
    }
  };
}

/*
 * What snapshots get wrong, since they read through JDBC where live changes come from the log (seen, with Debezium 3.5).
 * PostgreSQL: days before the Gregorian calendar are taken for days of the Julian one and shifted, by up to ten days.
 * MySQL and MariaDB: times lose their sign and fraction; the year 0000 arrives as 2000; of MariaDB, single floats
 * are rounded to six digits. The value then counts as absent: a row that needs it is read again by a second look, which
 * asks the database itself.
 */
const firstUnshiftedDay = '1582-10-25';
const isShifted = (value: string): boolean => value >= '0' && value < firstUnshiftedDay;
const always = (): boolean => true;

type DoubtfulTypes = Readonly<Record<string, (value: string) => boolean>>;

const doubtfulInMysql: DoubtfulTypes = {
  'io.debezium.time.MicroTime': always,
  'io.debezium.time.Time': always,
  'io.debezium.time.Year': (value) => value === '2000',
};

/** By semantic name, or literal type where there is none. */
const doubtfulInSnapshots: Readonly<Record<RowOrigin['engine'], DoubtfulTypes>> = {
  postgres: {
    'io.debezium.time.Date': isShifted,
    'io.debezium.time.Timestamp': isShifted,
    'io.debezium.time.MicroTimestamp': isShifted,
    'io.debezium.time.ZonedTimestamp': isShifted,
  },
  mysql: doubtfulInMysql,
  mariadb: { ...doubtfulInMysql, float32: always },
  key: {},
};

function convertColumn(column: ColumnPlan, value: unknown): LogicalValue | undefined {
  try {
    return column.convert(value);
  } catch (error) {
    if (!(error instanceof RowbridgeError)) throw error;
    throw new RowbridgeError(error.code, `column "${column.name}": ${error.problem}`);
  }
}
