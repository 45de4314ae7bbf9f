/**
 * A column's value as canonical text, or null for SQL NULL. Equal values have equal text whichever engine or codec
 * they came from: integers without leading zeros, instants as `YYYY-MM-DDTHH:MM:SS.ffffffZ`, wall-clock times the same
 * without `Z`, booleans as `true`/`false`, decimals without trailing zeros, bytes as lowercase hexadecimal, JSON with
 * sorted keys. PostgreSQL's infinite timestamps are `infinity` and `-infinity`; the years are 1 to 9999. Times are
 * `[-]HH:MM:SS.ffffff`, bit strings their digits with the most significant first, intervals ISO 8601 as PostgreSQL
 * prints them, arrays of scalars JSON, geometries little-endian EWKB in lowercase hexadecimal.
 */
export type LogicalValue = string | null;

/** Columns by name. A column whose property is missing is *absent*: its value is not known, which is not NULL. */
export type RowImage = Readonly<Record<string, LogicalValue>>;

/** The logical types a mapped column can be declared with. */
export const logicalTypes = [
  'text',
  /** Text of a type that pads with spaces: trailing spaces do not count. */
  'fixed_text',
  'int64',
  /** 0 to 2^64-1. */
  'uint64',
  'decimal',
  'float64',
  'boolean',
  'instant',
  'wall_clock',
  'date',
  /** A time of day, or a signed duration in hours as MySQL's TIME. */
  'time',
  /** Months, days and microseconds, none of which is a fixed number of another. */
  'interval',
  'uuid',
  'json',
  'bytes',
  /** A bit string of the column's length. */
  'bits',
  /** A one-dimensional array of numbers, texts or booleans, with nulls. */
  'array',
  'geometry',
] as const;

export type LogicalType = (typeof logicalTypes)[number];
