import avro from 'avsc';
import { RowbridgeError } from '@rowbridge/errors';
import { avroShape } from './avro-shape.js';
import type { StructValue } from './column-shape.js';
import { exactLong } from './exact-long.js';
import { readDirectly } from './direct-types.js';
import { undecodable } from './record-fault.js';
import { recordSchemaOf } from './record-schema.js';
import type { ReadRecord, RecordSchema } from './record-schema.js';
import type { SchemaSource } from './schema-source.js';
import { repeatedTypes, unreadTypes, withoutUnread } from './unread-fields.js';

/** Confluent wire format: a zero byte, the schema id as 32-bit big-endian, then Avro binary. */
const headerLength = 5;

interface AvroSchema {
  readonly record: RecordSchema;
  readonly type: avro.Type;
}

/** Reads Avro records; keeps each schema it has met. */
export interface AvroReader {
  /**
   * Fetches the schemas the values name and that are not kept yet.
   * @throws RowbridgeError `registry_unreachable`; an id the registry does not know is refused by `read` instead
   */
  prepare(values: Iterable<Uint8Array>): Promise<void>;
  /** @throws RowbridgeError `undecodable`, `schema_id_unknown` */
  read(value: Uint8Array): ReadRecord;
  /**
   * Another struct with the schema id of a value that can be read.
   * @throws RowbridgeError as {@link read}; `unmappable_value` where the schema does not hold the struct
   */
  write(like: Uint8Array, struct: StructValue): Uint8Array;
}

export function isAvroWireFormat(value: Uint8Array): boolean {
  return value[0] === 0;
}

export interface AvroReaderOptions {
  /** Reads of change events only what decoding asks for: fields of the source block that say nothing of it are skipped. */
  readonly forDecoding?: boolean;
}

export function createAvroReader(
  schemas: SchemaSource,
  { forDecoding = false }: AvroReaderOptions = {},
): AvroReader {
  const known = new Map<number, AvroSchema>();
  let refused = new Map<number, RowbridgeError>();

  async function learn(id: number): Promise<void> {
    try {
      known.set(id, compile(id, await schemas.avroSchema(id), forDecoding));
    } catch (error) {
      if (
        !(error instanceof RowbridgeError) ||
        (error.code !== 'schema_id_unknown' && error.code !== 'undecodable')
      ) {
        throw error;
      }
      refused.set(id, error);
    }
  }

  function schemaOf(value: Uint8Array): AvroSchema {
    if (value.length < headerLength) throw undecodable('is shorter than the header of the Avro wire format');
    const id = schemaIdOf(value);
    const schema = known.get(id);
    if (!schema) throw refused.get(id) ?? undecodable(`names schema id ${id}, which was not prepared`);
    return schema;
  }

  return {
    async prepare(values) {
      const missing = new Set<number>();
      for (const value of values) {
        if (value.length < headerLength) continue;
        const id = schemaIdOf(value);
        if (!known.has(id)) missing.add(id);
      }
      if (missing.size === 0) return;
      refused = new Map();
      await Promise.all([...missing].map(learn));
    },
    read(value) {
      const schema = schemaOf(value);
      return { schema: schema.record, struct: readBinary(schema.type, value) };
    },
    write(like, struct) {
      const { type } = schemaOf(like);
      return Buffer.concat([like.subarray(0, headerLength), writeBinary(type, struct)]);
    },
  };
}

function schemaIdOf(value: Uint8Array): number {
  const byteAt = (index: number): number => value[index] ?? 0;
  return byteAt(1) * 0x1_00_00_00 + ((byteAt(2) << 16) | (byteAt(3) << 8) | byteAt(4));
}

function readBinary(type: avro.Type, value: Uint8Array): StructValue {
  const bytes = Buffer.isBuffer(value)
    ? value
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  let read: { readonly value: unknown; readonly offset: number };
  try {
    read = type.decode(bytes, headerLength);
  } catch {
    throw damaged();
  }
  if (read.offset !== bytes.length) throw damaged();
  return read.value as StructValue;
}

function damaged(): RowbridgeError {
  return undecodable('is truncated, damaged, or written with another schema than the one it names');
}

/** avsc's own message quotes the value. */
function writeBinary(type: avro.Type, struct: StructValue): Buffer {
  try {
    return type.toBuffer(struct);
  } catch {
    throw new RowbridgeError('unmappable_value', "the record's schema does not hold the value");
  }
}

function compile(id: number, schema: unknown, forDecoding: boolean): AvroSchema {
  try {
    const type = avro.Type.forSchema(
      (forDecoding ? withoutUnread(bareSchema(schema)) : bareSchema(schema)) as avro.Schema,
      {
        registry: { long: exactLong, ...unreadTypes, ...repeatedTypes() },
        wrapUnions: false,
        typeHook: readDirectly,
        omitRecordMethods: true,
      } as Partial<avro.ForSchemaOptions>,
    );
    return { record: recordSchemaOf(avroShape(schema)), type };
  } catch {
    throw undecodable(`names schema id ${id}, whose Avro schema cannot be read with`);
  }
}

/** The schema without annotations, defaults and logical types: exactly what is needed to read the bytes. */
function bareSchema(schema: unknown): unknown {
  if (typeof schema === 'string') return schema;
  if (Array.isArray(schema)) return schema.map(bareSchema);
  const { type, name, namespace, fields, items, values, symbols, size } = schema as Readonly<
    Record<string, unknown>
  >;
  const naming = { name, ...(namespace === undefined ? {} : { namespace }) };
  switch (type) {
    case 'record':
      return {
        type,
        ...naming,
        fields: (fields as readonly Readonly<Record<string, unknown>>[]).map((field) => ({
          name: field['name'],
          type: bareSchema(field['type']),
        })),
      };
    case 'array':
      return { type, items: bareSchema(items) };
    case 'map':
      return { type, values: bareSchema(values) };
    case 'enum':
      return { type, ...naming, symbols };
    case 'fixed':
      return { type, ...naming, size };
    default:
      return bareSchema(type);
  }
}
