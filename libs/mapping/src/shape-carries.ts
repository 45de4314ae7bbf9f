import type { ColumnShape, LogicalType } from '@rowbridge/change-event';

/*
 * Which of Debezium's encodings can carry a logical type, as the pinned connectors send them under the declared capture
 * settings (numeric columns as plain strings, unsigned bigint as a decimal). A plain string therefore says little: its
 * values decide. What is not named here contradicts the declaration.
 */
const names = {
  decimal: 'org.apache.kafka.connect.data.Decimal',
  variableDecimal: 'io.debezium.data.VariableScaleDecimal',
  zoned: 'io.debezium.time.ZonedTimestamp',
  json: 'io.debezium.data.Json',
  uuid: 'io.debezium.data.Uuid',
  bits: 'io.debezium.data.Bits',
  interval: 'io.debezium.time.Interval',
} as const;

const wallClocks = ['Timestamp', 'MicroTimestamp', 'NanoTimestamp'].map((name) => `io.debezium.time.${name}`);
const times = ['Time', 'MicroTime', 'NanoTime', 'ZonedTime'].map((name) => `io.debezium.time.${name}`);
const connect = (name: string): string => `org.apache.kafka.connect.data.${name}`;
const plain = {
  integer: ['integer'],
  string: ['string'],
  number: ['float32', 'float64'],
  bytes: ['bytes'],
  boolean: ['boolean'],
  array: ['array'],
  struct: ['struct'],
} as const;

interface Carriers {
  /** Literal types that carry it when they have no name. */
  readonly literals: readonly string[];
  readonly semantics: readonly string[];
}

/** Null: whatever is readable and has a text of its own. */
const carriers: Readonly<Record<LogicalType, Carriers | null>> = {
  text: null,
  fixed_text: null,
  int64: {
    literals: [...plain.integer, ...plain.string],
    semantics: [names.decimal, names.variableDecimal, 'io.debezium.time.Year'],
  },
  uint64: {
    literals: [...plain.integer, ...plain.string],
    semantics: [names.decimal, names.variableDecimal],
  },
  decimal: {
    literals: [...plain.integer, ...plain.string],
    semantics: [names.decimal, names.variableDecimal],
  },
  float64: { literals: [...plain.number, ...plain.integer], semantics: [] },
  boolean: { literals: [...plain.boolean, ...plain.integer], semantics: [] },
  instant: { literals: [], semantics: [names.zoned] },
  wall_clock: { literals: [], semantics: [...wallClocks, connect('Timestamp')] },
  date: { literals: [], semantics: ['io.debezium.time.Date', connect('Date')] },
  // PostgreSQL keeps MySQL's times beyond a day as intervals.
  time: { literals: [], semantics: [...times, connect('Time'), names.interval] },
  interval: { literals: plain.string, semantics: [names.interval] },
  uuid: { literals: [...plain.string, ...plain.bytes], semantics: [names.uuid] },
  json: { literals: plain.string, semantics: [names.json] },
  bytes: { literals: plain.bytes, semantics: [] },
  bits: { literals: plain.boolean, semantics: [names.bits] },
  // MariaDB's JSON is a text.
  array: { literals: [...plain.array, ...plain.string], semantics: [names.json] },
  geometry: {
    literals: [...plain.struct, ...plain.bytes],
    semantics: ['Point', 'Geometry', 'Geography'].map((name) => `io.debezium.data.geometry.${name}`),
  },
};

/** Whether values of this shape can be of the logical type at all; which of them are, each value tells. */
export function shapeCarries(type: LogicalType, shape: ColumnShape): boolean {
  const allowed = carriers[type];
  if (allowed === null) return !isTextless(shape);
  return shape.semantic === null
    ? allowed.literals.includes(shape.literal)
    : allowed.semantics.includes(shape.semantic);
}

/** Bytes, arrays and shapes are read into notations of ours, which are not the column's text. */
function isTextless({ literal, semantic }: ColumnShape): boolean {
  if (semantic === null) return literal === 'bytes' || literal === 'array' || literal === 'struct';
  return /^io\.debezium\.data\.(?:geometry\.|\w*Vector$)/.test(semantic);
}

/** The shape in words, for messages. */
export function describeShape({ literal, semantic }: ColumnShape): string {
  return semantic === null ? literal : `${semantic} (${literal})`;
}
