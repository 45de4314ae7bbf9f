import { RowbridgeError } from '@rowbridge/errors';
import { createAvroReader, isAvroWireFormat } from './avro-reader.js';
import type { AvroReader } from './avro-reader.js';
import type { DecodedRecord, RawRecord } from './change-event.js';
import { readEnvelope } from './envelope.js';
import type { ConnectorSource, RecordContent, WantedColumns } from './envelope.js';
import { createJsonReader } from './json-reader.js';
import type { JsonReader } from './json-reader.js';
import { keyHeaderNames, readKeyHeaders } from './key-headers.js';
import { PlaceGuard } from './place-guard.js';
import { undecodable } from './record-fault.js';
import type { ReadRecord } from './record-schema.js';
import type { SchemaSource } from './schema-source.js';

/** Turns records of Debezium topics into change events. */
export interface ChangeDecoder {
  /**
   * Decodes in order, one result a record. A record at fault is a result of kind `undecodable`.
   * @throws RowbridgeError `registry_unreachable` when a schema could not be fetched: nothing of the batch is decoded
   * @throws RowbridgeError `preflight_failed` when a binlog source does not tell the changes of one row apart
   */
  decode(records: readonly RawRecord[]): Promise<readonly DecodedRecord[]>;
}

export interface ChangeDecoderOptions {
  readonly schemas: SchemaSource;
  /** The connectors whose topics are read. A record of another connector is undecodable. */
  readonly connectors: readonly ConnectorSource[];
  /** Default: all columns of every table. A column nobody wants is absent from images, whatever its type. */
  readonly wanted?: WantedColumns;
  /**
   * Default: records come in the order of their topics, in which a binlog source's places are checked. `false` for
   * records that come again singly, in whatever order.
   */
  readonly inOrder?: boolean;
}

export function createChangeDecoder({
  schemas,
  connectors,
  wanted,
  inOrder = true,
}: ChangeDecoderOptions): ChangeDecoder {
  const readers: Readers = {
    avro: createAvroReader(schemas, { forDecoding: true }),
    json: createJsonReader(),
  };
  const sources = new Map(connectors.map((connector) => [connector.topicPrefix, connector]));
  const reading = { sources, wanted: wanted ?? ((): null => null) };
  const places = new PlaceGuard();
  return {
    async decode(records) {
      await readers.avro.prepare(avroValues(records));
      return records.map((record) => {
        const decoded = decodeRecord(record, readers, reading);
        if (!inOrder) return decoded;
        if (decoded.kind === 'change' && sources.get(decoded.event.connector)?.engineFamily === 'mysql') {
          places.check(record, decoded.event);
        }
        return decoded;
      });
    },
  };
}

interface Readers {
  readonly avro: AvroReader;
  readonly json: JsonReader;
}

function avroValues(records: readonly RawRecord[]): readonly Uint8Array[] {
  const values: Uint8Array[] = [];
  for (const { key, value, headers } of records) {
    if (key && isAvroWireFormat(key)) values.push(key);
    if (value && isAvroWireFormat(value)) values.push(value);
    for (const header of headers) {
      if (keyHeaderNames.has(header.name) && isAvroWireFormat(header.value)) values.push(header.value);
    }
  }
  return values;
}

function decodeRecord(
  record: RawRecord,
  readers: Readers,
  reading: { sources: ReadonlyMap<string, ConnectorSource>; wanted: WantedColumns },
): DecodedRecord {
  if (record.value === null) return { kind: 'ignored', record, reason: 'tombstone' };
  let content: RecordContent | null = null;
  try {
    content = readContent(record, record.value, readers);
    return readEnvelope(content, reading);
  } catch (error) {
    const schema = content?.key && content.value.schema.envelope?.rowSchema(content.key.schema);
    return { kind: 'undecodable', record, error: locate(record, error), ...(schema && { schema }) };
  }
}

function readContent(record: RawRecord, value: Uint8Array, readers: Readers): RecordContent {
  const key =
    record.key === null || record.key.length === 0 ? null : readPart('key', record.key, { record, readers });
  const content = { record, key, value: readPart('value', value, { record, readers }) };
  return { ...content, moves: record.headers.length > 0 ? readMoves(content, readers) : {} };
}

function readMoves(
  { record, key, value }: Omit<RecordContent, 'moves'>,
  readers: Readers,
): RecordContent['moves'] {
  const { envelope } = value.schema;
  if (!key || !envelope) return {};
  return readKeyHeaders(record.headers, { key: key.schema, envelope }, (bytes) => readers.avro.read(bytes));
}

function readPart(
  part: 'key' | 'value',
  bytes: Uint8Array,
  { record, readers }: { readonly record: RawRecord; readonly readers: Readers },
): ReadRecord {
  try {
    return isAvroWireFormat(bytes) ? readers.avro.read(bytes) : readers.json.read(record.topic, bytes);
  } catch (error) {
    if (!(error instanceof RowbridgeError)) throw error;
    throw new RowbridgeError(error.code, `the ${part} ${error.problem}`, {
      details: error.details,
      whatToDo: error.whatToDo,
    });
  }
}

/** Names the place; never the bytes. */
function locate({ topic, partition, offset }: RawRecord, error: unknown): RowbridgeError {
  const known =
    error instanceof RowbridgeError ? error : undecodable('the record cannot be read as a change event');
  return new RowbridgeError(known.code, known.problem, {
    details: { ...known.details, topic, partition, offset },
    whatToDo: known.whatToDo,
  });
}
