import avro from 'avsc';
import { repeatedText } from './exact-text.js';

/*
 * Half of what an event says of its source takes no part in decoding. Such a field is passed over in the bytes, which
 * costs a fraction of making its text. The schema is rewritten to name these types in place of the fields' own.
 */
interface Tap {
  skipString(): void;
  skipLong(): void;
}

const unreadText = 'rowbridge.UnreadText';
const unreadLong = 'rowbridge.UnreadLong';

/** For the registry of a reader whose schemas were rewritten by {@link withoutUnread}. */
export const unreadTypes: Readonly<Record<string, avro.Type>> = {
  [unreadText]: passingOver('string', (tap) => tap.skipString()),
  [unreadLong]: passingOver('long', (tap) => tap.skipLong()),
};

function passingOver(name: string, skip: (tap: Tap) => void): avro.Type {
  return Object.create(avro.Type.forSchema(name as avro.Schema), { _read: { value: skip } }) as avro.Type;
}

/** Fields of few words, the same in most events. */
const repeated: ReadonlySet<string> = new Set(['op', 'snapshot', 'name', 'schema', 'db', 'table', 'file']);
const repeatedPrefix = 'rowbridge.Repeated.';

/** For the registry of one schema's reader: each remembers the word it read last. */
export function repeatedTypes(): Readonly<Record<string, avro.Type>> {
  return Object.fromEntries([...repeated].map((name) => [repeatedPrefix + name, repeatedText()]));
}

const ofEverySource = ['version', 'connector', 'ts_ns', 'gtid', 'thread', 'query', 'xmin'];
const ofPostgres: ReadonlySet<string> = new Set([...ofEverySource, 'db']);
const ofBinlogs: ReadonlySet<string> = new Set([...ofEverySource, 'sequence']);
const ofEnvelopes: ReadonlySet<string> = new Set(['ts_us', 'ts_ns']);

interface RecordNode {
  readonly type: unknown;
  readonly name?: unknown;
  readonly namespace?: unknown;
  readonly fields?: readonly { readonly name: string; readonly type: unknown }[];
}

/** The schema of a change event without what nobody reads of it; any other schema as it is. */
export function withoutUnread(schema: unknown): unknown {
  const envelope = schema as RecordNode;
  const names = new Set(envelope.fields?.map(({ name }) => name));
  if (!['before', 'after', 'source', 'op'].every((name) => names.has(name))) return schema;
  const fields = envelope.fields?.map((field) =>
    field.name === 'source' ? { ...field, type: sourceWithoutUnread(field.type) } : field,
  );
  return passedOver({ ...envelope, ...(fields && { fields }) }, ofEnvelopes);
}

function sourceWithoutUnread(type: unknown): unknown {
  const source = type as RecordNode;
  if (source.type !== 'record') return type;
  const isPostgres = source.namespace === 'io.debezium.connector.postgresql';
  return passedOver(source, isPostgres ? ofPostgres : ofBinlogs);
}

function passedOver(record: RecordNode, unread: ReadonlySet<string>): RecordNode {
  const fields = record.fields?.map((field) =>
    unread.has(field.name)
      ? { ...field, type: passedOverType(field.type) }
      : repeated.has(field.name)
        ? { ...field, type: repeatedType(field.name, field.type) }
        : field,
  );
  return { ...record, ...(fields && { fields }) };
}

/** Only plain texts and numbers are passed over: whatever else a later version may send there is read. */
function passedOverType(type: unknown): unknown {
  if (Array.isArray(type)) return type.map(passedOverType);
  if (type === 'string') return unreadText;
  return type === 'long' ? unreadLong : type;
}

function repeatedType(name: string, type: unknown): unknown {
  if (Array.isArray(type)) return type.map((branch: unknown) => repeatedType(name, branch));
  return type === 'string' ? repeatedPrefix + name : type;
}
