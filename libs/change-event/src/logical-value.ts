/**
 * A column's value as canonical text, or null for SQL NULL. Equal values have equal text whichever engine or codec
 * they came from: integers without leading zeros, instants as `YYYY-MM-DDTHH:MM:SS.ffffffZ`, wall-clock times the same
 * without `Z`, booleans as `true`/`false`, decimals without trailing zeros, bytes as lowercase hexadecimal, JSON with
 * sorted keys. PostgreSQL's infinite timestamps are `infinity` and `-infinity`; the years are 1 to 9999.
 */
export type LogicalValue = string | null;

/** Columns by name. A column whose property is missing is *absent*: its value is not known, which is not NULL. */
export type RowImage = Readonly<Record<string, LogicalValue>>;

/** The logical types a mapped column can be declared with. */
export const logicalTypes = [
  'text',
  'int64',
  'decimal',
  'float64',
  'boolean',
  'instant',
  'wall_clock',
  'date',
  'uuid',
  'json',
  'bytes',
] as const;

export type LogicalType = (typeof logicalTypes)[number];
