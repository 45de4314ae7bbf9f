import { RowbridgeError } from '@rowbridge/errors';
import { integerField, stringField } from './column-converter.js';
import type { StructValue } from './column-shape.js';
import type { ChangeEvent, ChangeOperation, DecodedRecord, RawRecord, SnapshotKind } from './change-event.js';
import { eventIdOf } from './event-id.js';
import type { KeyMoves } from './key-headers.js';
import type { RowImage } from './logical-value.js';
import { undecodable } from './record-fault.js';
import type { EnvelopeSchema, ReadRecord } from './record-schema.js';
import { formatRowKey, type RowKey } from './row-key.js';
import { readPlace } from './source-place.js';

/** A connector whose events are read. */
export interface ConnectorSource {
  readonly topicPrefix: string;
  readonly engineFamily: 'postgres' | 'mysql';
  /** Raised when the server behind the connector is replaced. */
  readonly epoch: number;
  /** Server id under which the binlog tells a sync session's changes from an application's; left out: it does not. */
  readonly syncServerId?: number | undefined;
}

/** A record's parts as read, before anything is said about their meaning. */
export interface RecordContent {
  readonly record: RawRecord;
  readonly key: ReadRecord | null;
  readonly value: ReadRecord;
  readonly moves: KeyMoves;
}

/** Names the columns of a table that anyone asks for; null all of them. The same object for the same table. */
export type WantedColumns = (schema: string, table: string) => ReadonlySet<string> | null;

const operations: ReadonlyMap<unknown, ChangeOperation> = new Map([
  ['c', 'create'],
  ['u', 'update'],
  ['d', 'delete'],
  ['r', 'read'],
]);

const snapshotKinds: ReadonlyMap<unknown, SnapshotKind> = new Map<unknown, SnapshotKind>([
  [null, 'live'],
  ['false', 'live'],
  ['true', 'initial'],
  ['first', 'initial'],
  ['first_in_data_collection', 'initial'],
  ['last_in_data_collection', 'initial'],
  ['last', 'initial'],
  ['incremental', 'incremental'],
]);

/**
 * Reads Debezium's envelope.
 * @throws RowbridgeError with a record disposition when the record is no change event that can be carried
 */
export function readEnvelope(
  content: RecordContent,
  { sources, wanted }: { sources: ReadonlyMap<string, ConnectorSource>; wanted: WantedColumns },
): DecodedRecord {
  const { record, value, key } = content;
  const { op } = value.struct;
  const { envelope } = value.schema;
  if (op === 't') return { kind: 'ignored', record, reason: 'truncate' };
  if (op === 'm') return { kind: 'ignored', record, reason: 'message' };
  const operation = operations.get(op);
  const source = value.struct['source'] as StructValue | null | undefined;
  if (!envelope || !source || operation === undefined) {
    throw undecodable("the value is not Debezium's change envelope (is a transform unwrapping it?)");
  }
  const connector = sources.get(stringField(source, 'name') ?? '');
  if (!connector) throw undecodable(`the value comes from a connector that is not configured here`);
  if (isSyncWrite(source, connector)) return { kind: 'ignored', record, reason: 'sync_write' };
  const event = readChange({ content, envelope, operation, source, connector, wanted });
  const schema = key ? envelope.rowSchema(key.schema) : undefined;
  return { kind: 'change', record, event, ...(schema && { schema }) };
}

/** A row that a snapshot reads is nobody's write. */
function isSyncWrite(source: StructValue, { syncServerId }: ConnectorSource): boolean {
  return (
    syncServerId !== undefined &&
    Number(integerField(source, 'server_id') ?? 0) === syncServerId &&
    snapshotKinds.get(source['snapshot'] ?? null) === 'live'
  );
}

interface ChangeParts {
  readonly content: RecordContent;
  readonly envelope: EnvelopeSchema;
  readonly operation: ChangeOperation;
  readonly source: StructValue;
  readonly connector: ConnectorSource;
  readonly wanted: WantedColumns;
}

function readChange({ content, envelope, operation, source, connector, wanted }: ChangeParts): ChangeEvent {
  const { record, key, value, moves } = content;
  if (!key) throw undecodable('the record has no key: capture needs a table with a primary key');
  const snapshot = snapshotKinds.get(source['snapshot'] ?? null);
  if (snapshot === undefined) throw undecodable('source.snapshot holds a word that is not known');
  const rowKey = readRowKey(key, envelope, operation);
  const schema = stringField(source, connector.engineFamily === 'postgres' ? 'schema' : 'db') ?? '';
  const table = stringField(source, 'table') ?? '';
  const { before, after } = readImages(value, operation, wanted(schema, table));
  const { position, commitPosition, identity } = readPlace(source, connector, snapshot);
  const committedAtMs = readCommitTime(source);
  const change = `${connector.topicPrefix}\0${identity}\0${schema}\0${table}\0${rowKey}\0${operation}`;
  return {
    eventId: eventIdOf({
      committedAtMs,
      content: operation === 'read' ? `${change}\0${JSON.stringify(after)}` : change,
    }),
    operation,
    snapshot,
    connector: connector.topicPrefix,
    schema,
    table,
    key: rowKey,
    before,
    after,
    position,
    commitPosition,
    committedAtMs,
    estimatedCommitMs: estimateCommitTime(committedAtMs, value.struct, connector),
    movedFrom: operation === 'create' ? (moves.movedFrom ?? null) : null,
    movedTo: operation === 'delete' ? (moves.movedTo ?? null) : null,
    traceparent: readTraceparent(record),
  };
}

/** A key that a snapshot may have read wrong would be another row's. */
function readRowKey(
  { schema, struct }: ReadRecord,
  envelope: EnvelopeSchema,
  operation: ChangeOperation,
): RowKey {
  const { columns } = schema;
  const { live, read } = envelope.keyConverters(schema);
  if (operation !== 'read') return formatRowKey(columns, live.convert(struct));
  const image = read.convert(struct);
  const unknown = columns.find((column) => image[column] === undefined);
  if (unknown === undefined) return formatRowKey(columns, image);
  throw new RowbridgeError(
    'unmappable_value',
    `key column "${unknown}": a snapshot does not read such a value of its type exactly, so that the row is not known`,
    {
      whatToDo:
        'Update any column of the row at its source, whose change carries the key exactly; then discard the dead letter.',
    },
  );
}

function readImages(
  { schema, struct }: ReadRecord,
  operation: ChangeOperation,
  wanted: ReadonlySet<string> | null,
): { before: RowImage | null; after: RowImage | null } {
  const before = struct['before'] as StructValue | null | undefined;
  const after = struct['after'] as StructValue | null | undefined;
  if (operation !== 'delete' && !after) throw undecodable('the value has no after-image');
  const converters = schema.envelope?.converters(wanted);
  if (!converters) return { before: null, after: null };
  if (operation === 'delete')
    return { before: before ? converters.before.convert(before) : null, after: null };
  if (operation !== 'update' || !before || !after) {
    return {
      before: null,
      after: after ? converters[operation === 'read' ? 'read' : 'after'].convert(after) : null,
    };
  }
  return converters.after.convertBoth(before, after);
}

/** Microseconds where the source gives them, else milliseconds. */
function readCommitTime(source: StructValue): number {
  const microseconds = source['ts_us'];
  if (typeof microseconds === 'number') return microseconds / 1000;
  const milliseconds = source['ts_ms'];
  if (typeof milliseconds !== 'number') throw undecodable('source.ts_ms is missing');
  return milliseconds;
}

/** A binlog's clock ticks in seconds; within the second, the connector's reading is the closest known. */
function estimateCommitTime(
  committedAtMs: number,
  envelope: StructValue,
  connector: ConnectorSource,
): number {
  const readAtMs = envelope['ts_ms'];
  const isExact = connector.engineFamily === 'postgres' || committedAtMs % 1_000 !== 0;
  if (isExact || typeof readAtMs !== 'number') return committedAtMs;
  return Math.min(Math.max(readAtMs, committedAtMs), committedAtMs + 999);
}

function readTraceparent({ headers }: RawRecord): string | null {
  if (headers.length === 0) return null;
  const header = headers.find(({ name }) => name === 'traceparent');
  return header ? Buffer.from(header.value).toString('utf8') : null;
}
