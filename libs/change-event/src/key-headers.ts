import type { RecordHeader } from './change-event.js';
import { parseConnectPayload, readConnectValue } from './connect-json.js';
import type { StructValue } from './column-shape.js';
import type { ReadRecord, RecordSchema } from './record-schema.js';
import { formatRowKey } from './row-key.js';
import type { RowKey } from './row-key.js';

/** On the delete that is the first half of a primary key change: the row's key after. */
const newKeyHeader = '__debezium.newkey';
/** On the create that is the second half: the row's key before. */
const oldKeyHeader = '__debezium.oldkey';

export const keyHeaderNames: ReadonlySet<string> = new Set([newKeyHeader, oldKeyHeader]);

export interface KeyMoves {
  readonly movedFrom?: RowKey;
  readonly movedTo?: RowKey;
}

/**
 * Reads the other half of a primary key change from a record's headers. Kafka Connect's header converter decides on
 * their form: Avro, JSON with schema, or (its default) JSON without, read by the schema of the record's own key.
 * @throws RowbridgeError `undecodable`, `schema_id_unknown`
 */
export function readKeyHeaders(
  headers: readonly RecordHeader[],
  keySchema: RecordSchema,
  readAvro: (bytes: Uint8Array) => ReadRecord,
): KeyMoves {
  const moves: { movedFrom?: RowKey; movedTo?: RowKey } = {};
  for (const { name, value } of headers) {
    if (!keyHeaderNames.has(name)) continue;
    const { schema, struct } = value[0] === 0 ? readAvro(value) : readJson(value, keySchema);
    const key = formatRowKey(schema.columns, schema.toRow(struct));
    if (name === oldKeyHeader) moves.movedFrom = key;
    else moves.movedTo = key;
  }
  return moves;
}

function readJson(value: Uint8Array, keySchema: RecordSchema): ReadRecord {
  const payload = parseConnectPayload(Buffer.from(value).toString('utf8'));
  return { schema: keySchema, struct: readConnectValue(keySchema.shape, payload) as StructValue };
}
