import { hasConverter } from './column-converter.js';
import type { ColumnShape, StructValue } from './column-shape.js';
import { rowConverterOf } from './row-converter.js';
import type { RowConverter, RowOrigin } from './row-converter.js';
import type { RowSchema } from './row-schema.js';

/** A schema made ready: what its records are converted with. Built once per schema. */
export interface RecordSchema {
  readonly shape: ColumnShape;
  /** Field names in schema order; of a key schema, the key's columns in key order. */
  readonly columns: readonly string[];
  /** Null where the schema is not Debezium's change envelope. */
  readonly envelope: EnvelopeSchema | null;
}

export interface EnvelopeSchema {
  /** The converters of the images; `wanted` names the columns to read, null all of them. */
  converters(wanted: ReadonlySet<string> | null): ImageConverters;
  /** The converters of keys that have this schema. */
  keyConverters(key: RecordSchema): KeyConverters;
  /** What records say of their row whose keys have this schema: one object a pair of schemas. */
  rowSchema(key: RecordSchema): RowSchema;
}

export interface ImageConverters {
  readonly before: RowConverter;
  readonly after: RowConverter;
  /** The after-image of a row read by a snapshot. */
  readonly read: RowConverter;
}

/** Of a key, whose values come the way of its row's. */
export interface KeyConverters {
  readonly live: RowConverter;
  /** Of a row read by a snapshot. */
  readonly read: RowConverter;
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
    envelope: envelopeOf(shape),
  };
}

function envelopeOf(shape: ColumnShape): EnvelopeSchema | null {
  const field = (name: string): ColumnShape | undefined =>
    shape.fields.find((member) => member.name === name)?.shape;
  const [before, after, source] = [field('before'), field('after'), field('source')];
  if (!before || !after || !source || !field('op')) return null;
  const live: RowOrigin = { engine: engineOf(source), fromSnapshot: false };
  const read: RowOrigin = { ...live, fromSnapshot: true };
  const prepare = (wanted: ReadonlySet<string> | null): ImageConverters => ({
    before: rowConverterOf(before, live, wanted),
    after: rowConverterOf(after, live, wanted),
    read: rowConverterOf(after, read, wanted),
  });
  return {
    converters: keepingLatest(prepare),
    keyConverters: keepingLatest((key: RecordSchema): KeyConverters => ({
      live: rowConverterOf(key.shape, live),
      read: rowConverterOf(key.shape, read),
    })),
    rowSchema: keepingLatest((key: RecordSchema): RowSchema => ({
      columns: after.fields,
      key: key.shape.fields,
      unreadable: new Set(
        after.fields.filter((column) => !hasConverter(column.shape)).map(({ name }) => name),
      ),
    })),
  };
}

/** From the name of the source block's schema. */
function engineOf({ semantic }: ColumnShape): RowOrigin['engine'] {
  if (semantic?.startsWith('io.debezium.connector.postgresql.')) return 'postgres';
  return semantic?.startsWith('io.debezium.connector.mariadb.') ? 'mariadb' : 'mysql';
}

/** A schema's records come with one key schema and are asked for one set of columns: the latest answer is kept. */
function keepingLatest<Question, Answer>(
  answer: (question: Question) => Answer,
): (question: Question) => Answer {
  let latest: { readonly question: Question; readonly answer: Answer } | null = null;
  return (question) => {
    if (latest?.question !== question || latest === null) latest = { question, answer: answer(question) };
    return latest.answer;
  };
}
