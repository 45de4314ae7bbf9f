import { RowbridgeError } from '@rowbridge/errors';
import { converterOf } from './column-converter.js';
import type { ColumnShape, StructValue } from './column-shape.js';
import type { LogicalValue, RowImage } from './logical-value.js';
import { unavailableTest } from './unavailable-value.js';

/** Turns decoded structs into row images, in place where it can: a struct belongs to its image afterwards. */
export interface RowConverter {
  convert(struct: StructValue): RowImage;
  /**
   * A row before and after a change, both of one envelope, whose images have the same columns: a column with the same
   * number or text in both is converted once.
   */
  convertBoth(before: StructValue, after: StructValue): ChangedRow;
}

export interface ChangedRow {
  readonly before: RowImage;
  readonly after: RowImage;
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
  readonly engine: 'postgres' | 'mysql' | 'mariadb';
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
  if (fields.length < shape.fields.length) return pickingConverter(columns);
  return {
    convert: (struct) => convertInPlace(columns, struct),
    convertBoth: (before, after) => convertBothInPlace(columns, before, after),
  };
}

/** Of rows with columns that nobody asks for. */
function pickingConverter(columns: readonly ColumnPlan[]): RowConverter {
  const convert = (struct: StructValue): RowImage => imageOf(columns, { struct, converted: 0 });
  return { convert, convertBoth: (before, after) => ({ before: convert(before), after: convert(after) }) };
}

/** A struct whose first columns hold their logical values already. */
interface PartlyConverted {
  readonly struct: StructValue;
  readonly converted: number;
}

function imageOf(columns: readonly ColumnPlan[], { struct, converted }: PartlyConverted): RowImage {
  const image: Record<string, LogicalValue> = {};
  for (const [index, column] of columns.entries()) {
    const value = struct[column.name];
    if (index < converted) image[column.name] = value as LogicalValue;
    else if (value === null || value === undefined) image[column.name] = null;
    else {
      const logical = knownValue(column, value);
      if (logical !== undefined) image[column.name] = logical;
    }
  }
  return image;
}

/** Undefined where the value is not the row's. */
function knownValue(column: ColumnPlan, value: unknown): LogicalValue | undefined {
  if (column.isUnavailable?.(value)) return undefined;
  return column.isPlain ? (value as string) : convertColumn(column, value);
}

/*
 * All columns of most rows are wanted and known: the struct itself becomes the image, which is a fraction of the work of
 * making another. Where a column is absent, the image is made of what has been converted and the rest.
 */
function convertInPlace(columns: readonly ColumnPlan[], struct: StructValue): RowImage {
  const image = struct as Record<string, LogicalValue>;
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index] as ColumnPlan;
    const value: unknown = struct[column.name];
    if (value === null) continue;
    const logical = value === undefined ? undefined : knownValue(column, value);
    if (logical === undefined) return imageOf(columns, { struct, converted: index });
    if (logical !== value) image[column.name] = logical;
  }
  return image;
}

function convertBothInPlace(
  columns: readonly ColumnPlan[],
  before: StructValue,
  after: StructValue,
): ChangedRow {
  const images = {
    before: before as Record<string, LogicalValue>,
    after: after as Record<string, LogicalValue>,
  };
  for (let index = 0; index < columns.length; index += 1) {
    const column = columns[index] as ColumnPlan;
    const { name } = column;
    const earlier: unknown = before[name];
    const later: unknown = after[name];
    const known = logicalValue(column, earlier);
    const laterKnown = later === earlier ? known : logicalValue(column, later);
    if (known === undefined || laterKnown === undefined) {
      return {
        before: imageOf(columns, { struct: before, converted: index }),
        after: imageOf(columns, { struct: after, converted: index }),
      };
    }
    if (known !== earlier) images.before[name] = known;
    if (laterKnown !== later) images.after[name] = laterKnown;
  }
  return images;
}

function logicalValue(column: ColumnPlan, value: unknown): LogicalValue | undefined {
  return value === null || value === undefined ? (value as null | undefined) : knownValue(column, value);
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
};

function convertColumn(column: ColumnPlan, value: unknown): LogicalValue | undefined {
  try {
    return column.convert(value);
  } catch (error) {
    if (!(error instanceof RowbridgeError)) throw error;
    throw new RowbridgeError(error.code, `column "${column.name}": ${error.problem}`);
  }
}
