/** What a schema says about one value, whichever codec carried it. */
export interface ColumnShape {
  readonly literal: LiteralType;
  /** Name such as `io.debezium.time.MicroTimestamp`, or null where the literal type says all. */
  readonly semantic: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  /** Of an array's elements. */
  readonly items: ColumnShape | null;
  /** Of a struct, in schema order. */
  readonly fields: readonly FieldShape[];
}

export interface FieldShape {
  readonly name: string;
  readonly shape: ColumnShape;
}

/** Kafka Connect's types, with the number of what is read: integers as number or bigint, bytes as Uint8Array. */
export type LiteralType =
  | 'integer'
  | 'float32'
  | 'float64'
  | 'boolean'
  | 'string'
  | 'bytes'
  | 'array'
  | 'struct'
  /** Whatever no column of a row is read from. */
  | 'other';

/** A record or struct by field name, values in the form of their literal type. */
export type StructValue = Readonly<Record<string, unknown>>;
