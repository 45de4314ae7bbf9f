import type { StructValue } from './column-shape.js';
import { connectShape, parseAfterPrefix, parseConnectDocument, readConnectValue } from './connect-json.js';
import { undecodable } from './record-fault.js';
import { recordSchemaOf } from './record-schema.js';
import type { ReadRecord, RecordSchema } from './record-schema.js';

/** Reads JSON records that carry their schema; keeps each schema it has met, since every record repeats it. */
export interface JsonReader {
  /** @throws RowbridgeError `undecodable` */
  read(topic: string, value: Uint8Array): ReadRecord;
}

interface KnownPrefix {
  readonly prefix: string;
  readonly schema: RecordSchema;
}

/** A topic has one key and one value schema, and another pair after each change of its table. */
const keptPerTopic = 8;

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function createJsonReader(): JsonReader {
  const knownByTopic = new Map<string, readonly KnownPrefix[]>();
  return {
    read(topic, value) {
      const text = decodeText(value);
      const known = knownByTopic.get(topic) ?? [];
      const match = known.find(({ prefix }) => text.startsWith(prefix));
      if (match) return toRecord(match.schema, parseAfterPrefix(text, match.prefix));
      const { schema, payload, prefix } = parseConnectDocument(text);
      const recordSchema = recordSchemaOf(connectShape(schema));
      if (prefix !== null) {
        knownByTopic.set(topic, [{ prefix, schema: recordSchema }, ...known].slice(0, keptPerTopic));
      }
      return toRecord(recordSchema, payload);
    },
  };
}

function toRecord(schema: RecordSchema, payload: unknown): ReadRecord {
  const value = readConnectValue(schema.shape, payload);
  if (schema.shape.literal !== 'struct' || value === null) throw undecodable('is not a record');
  return { schema, struct: value as StructValue };
}

function decodeText(value: Uint8Array): string {
  try {
    return utf8.decode(value);
  } catch {
    throw undecodable('is neither Avro in the Confluent wire format nor UTF-8 text');
  }
}
