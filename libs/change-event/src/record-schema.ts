import type { ColumnShape, StructValue } from './column-shape.js';
import { rowConverterOf } from './row-converter.js';
import type { RowConverter } from './row-converter.js';

/** A schema made ready: what its records are converted with. Built once per schema. */
export interface RecordSchema {
  readonly shape: ColumnShape;
  /** Field names in schema order; of a key schema, the key's columns in key order. */
  readonly columns: readonly string[];
  /** Reads the record itself as a row, such as a key. */
  readonly toRow: RowConverter;
  /** Null where the schema is not Debezium's change envelope. */
  readonly envelope: EnvelopeSchema | null;
}

export interface EnvelopeSchema {
  readonly before: RowConverter;
  readonly after: RowConverter;
}

/** A record or header value as read, with its schema. */
export interface ReadRecord {
  readonly schema: RecordSchema;
  readonly struct: StructValue;
}

export function recordSchemaOf(shape: ColumnShape): RecordSchema {
  return {
    shape,
    columns: shape.fields.map((field) => field.name),
    toRow: rowConverterOf(shape, false),
    envelope: envelopeOf(shape),
  };
}

function envelopeOf(shape: ColumnShape): EnvelopeSchema | null {
  const field = (name: string): ColumnShape | undefined =>
    shape.fields.find((member) => member.name === name)?.shape;
  const [before, after, source] = [field('before'), field('after'), field('source')];
  if (!before || !after || !source || !field('op')) return null;
  const placeholders = source.semantic?.startsWith('io.debezium.connector.postgresql.') === true;
  return { before: rowConverterOf(before, placeholders), after: rowConverterOf(after, placeholders) };
}
