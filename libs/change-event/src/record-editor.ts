import { parse, stringify } from 'lossless-json';
import { RowbridgeError } from '@rowbridge/errors';
import { createAvroReader, isAvroWireFormat } from './avro-reader.js';
import type { ColumnShape, StructValue } from './column-shape.js';
import { encodeColumn } from './encode-column.js';
import { createJsonReader } from './json-reader.js';
import type { RowImage } from './logical-value.js';
import type { ReadRecord } from './record-schema.js';
import type { SchemaSource } from './schema-source.js';

/** Changes single columns of change events, leaving all else, the schema included, as it is. */
export interface RecordEditor {
  /**
   * The value with other contents of columns of its after-image.
   * @param topic records of one topic share their schemas
   * @throws RowbridgeError `undecodable`, `schema_id_unknown`, `registry_unreachable`; `request_invalid` for a column
   *   the record does not have or a record without after-image; `unmappable_value` and `unsupported_type` naming the
   *   column
   */
  edit(topic: string, value: Uint8Array, columns: RowImage): Promise<Uint8Array>;
}

export function createRecordEditor(schemas: SchemaSource): RecordEditor {
  const avro = createAvroReader(schemas);
  const json = createJsonReader();
  return {
    async edit(topic, value, columns) {
      if (!isAvroWireFormat(value)) return editJson(value, encodeColumns(json.read(topic, value), columns));
      await avro.prepare([value]);
      const record = avro.read(value);
      const after = { ...(record.struct['after'] as StructValue), ...encodeColumns(record, columns) };
      return avro.write(value, { ...record.struct, after });
    },
  };
}

function encodeColumns({ schema, struct }: ReadRecord, columns: RowImage): StructValue {
  const after = schema.shape.fields.find(({ name }) => name === 'after')?.shape;
  if (!after || !schema.envelope || !struct['after']) {
    throw new RowbridgeError('request_invalid', 'the record has no row after the change to be edited');
  }
  return Object.fromEntries(
    Object.entries(columns).map(([column, value]) => {
      const shape = after.fields.find(({ name }) => name === column)?.shape;
      if (!shape) throw new RowbridgeError('request_invalid', `the record has no column "${column}"`);
      return [column, encodeNamed(column, shape, value)];
    }),
  );
}

function encodeNamed(column: string, shape: ColumnShape, value: string | null): unknown {
  try {
    return encodeColumn(shape, value);
  } catch (error) {
    if (!(error instanceof RowbridgeError)) throw error;
    throw new RowbridgeError(error.code, `column "${column}": ${error.problem}`);
  }
}

/** Numbers keep their digits, whatever their size. */
function editJson(value: Uint8Array, columns: StructValue): Uint8Array {
  const document = parse(Buffer.from(value).toString()) as {
    readonly payload: { readonly after: StructValue };
  };
  const { payload } = document;
  const written = Object.fromEntries(
    Object.entries(columns).map(([column, content]) => [
      column,
      content instanceof Uint8Array ? Buffer.from(content).toString('base64') : content,
    ]),
  );
  const edited = { ...document, payload: { ...payload, after: { ...payload.after, ...written } } };
  return Buffer.from(stringify(edited) ?? '');
}
