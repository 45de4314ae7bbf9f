import { createAvroReader, isAvroWireFormat } from './avro-reader.js';
import type { StructValue } from './column-shape.js';
import { createJsonReader } from './json-reader.js';
import type { SchemaSource } from './schema-source.js';

/** Reads records of Kafka Connect that are no change events, such as Debezium's notifications. */
export interface StructReader {
  /**
   * The record's fields by name; whole numbers beyond 2^53 are bigint, maps of texts objects.
   * @param topic records of one topic share their schemas
   * @throws RowbridgeError `undecodable`, `schema_id_unknown`, `registry_unreachable`
   */
  read(topic: string, value: Uint8Array): Promise<StructValue>;
}

/** @param schemas asked for the schemas of Avro values; JSON values carry their own */
export function createStructReader(schemas: SchemaSource): StructReader {
  const avro = createAvroReader(schemas);
  const json = createJsonReader();
  return {
    async read(topic, value) {
      if (!isAvroWireFormat(value)) return json.read(topic, value).struct;
      await avro.prepare([value]);
      return avro.read(value).struct;
    },
  };
}
