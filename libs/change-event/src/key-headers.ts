import type { RecordHeader } from './change-event.js';
import { parseConnectPayload, readConnectValue } from './connect-json.js';
import type { ColumnShape, StructValue } from './column-shape.js';
import type { EnvelopeSchema, ReadRecord, RecordSchema } from './record-schema.js';
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

/** What a record's headers are read by. */
export interface HeaderSchemas {
  /** Of the record's own key. */
  readonly key: RecordSchema;
  readonly envelope: Pick<EnvelopeSchema, 'keyConverters'>;
}

/**
 * Reads the other half of a primary key change from a record's headers. Kafka Connect's header converter decides on
 * their form: Avro, JSON with schema, or (its default) JSON without, read by the schema of the record's own key.
 * @throws RowbridgeError `undecodable`, `schema_id_unknown`
 */
export function readKeyHeaders(
  headers: readonly RecordHeader[],
  { key: keySchema, envelope }: HeaderSchemas,
  readAvro: (bytes: Uint8Array) => ReadRecord,
): KeyMoves {
  const moves: { movedFrom?: RowKey; movedTo?: RowKey } = {};
  for (const { name, value } of headers) {
    if (!keyHeaderNames.has(name)) continue;
    const { schema, struct } = value[0] === 0 ? readAvro(value) : readJson(value, keySchema);
    const key = formatRowKey(schema.columns, envelope.keyConverters(schema).live.convert(struct));
    if (name === oldKeyHeader) moves.movedFrom = key;
    else moves.movedTo = key;
  }
  return moves;
}

function readJson(value: Uint8Array, keySchema: RecordSchema): ReadRecord {
  const payload = parseConnectPayload(Buffer.from(value).toString('utf8'));
  const withDecimals = decimalsAsBytes(keySchema.shape, payload);
  return { schema: keySchema, struct: readConnectValue(keySchema.shape, withDecimals) as StructValue };
}

/** Seen on the wire: the default header converter writes a decimal, such as an unsigned key, as its digits. */
function decimalsAsBytes({ fields }: ColumnShape, payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null) return payload;
  const values = { ...payload } as Record<string, unknown>;
  for (const { name, shape } of fields) {
    const value = values[name];
    const isDecimal = shape.semantic === 'org.apache.kafka.connect.data.Decimal';
    const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value);
    if (isDecimal && isWhole && Number(shape.parameters['scale'] ?? 0) === 0) {
      values[name] = unscaledBytes(BigInt(value as number | bigint)).toString('base64');
    }
  }
  return values;
}

/** Big-endian two's complement, as Kafka Connect's own JSON has it. */
function unscaledBytes(value: bigint): Buffer {
  const length = Math.ceil((value.toString(2).length + 1) / 8);
  const digits = BigInt.asUintN(length * 8, value).toString(16);
  return Buffer.from(digits.padStart(length * 2, '0'), 'hex');
}
