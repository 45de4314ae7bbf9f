import avro from 'avsc';
import { createChangeDecoder } from './change-decoder.js';
import type { DecodedRecord, RawRecord } from './change-event.js';
import { exactLong } from './exact-long.js';
import type { LogicalValue } from './logical-value.js';

/*
 * One column at a time through the whole decoder, once as Avro and once as JSON with schema: both must give the same
 * logical value. Types and encodings: what Debezium 3.5 documents for the capture settings in connectors/.
 */
interface Column {
  readonly title: string;
  /** Connect's literal type. */
  readonly type: 'int32' | 'int64' | 'float' | 'double' | 'boolean' | 'string' | 'bytes' | 'array' | 'struct';
  readonly name?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly items?: { readonly type: Column['type']; readonly name?: string };
  /** As Avro holds it: numbers, bigint, Buffer, strings, arrays. */
  readonly value: unknown;
  readonly expected: LogicalValue | 'absent' | 'unsupported_type' | 'out_of_range' | 'unmappable_value';
  readonly connector?: 'postgresql' | 'mysql';
}

const avroTypes = {
  int32: 'int',
  int64: 'long',
  float: 'float',
  double: 'double',
  boolean: 'boolean',
  string: 'string',
  bytes: 'bytes',
} as const;

/** avsc looks up its registry for bare names only, not for annotated ones. */
const longHook = (schema: unknown): avro.Type | undefined =>
  schema === 'long' || (schema as { readonly type?: unknown } | null)?.type === 'long'
    ? exactLong
    : undefined;

/** avsc writes a bigint only outside of unions; reading does not care. */
function nullable(type: unknown, isNull: boolean): unknown {
  return isNull ? ['null', type] : type;
}

function avroColumn({ type, name, parameters, items, value }: Omit<Column, 'title' | 'expected'>): unknown {
  const includesNull = Array.isArray(value) && value.includes(null);
  const annotations = {
    ...(name === undefined ? {} : { 'connect.name': name }),
    ...(parameters === undefined ? {} : { 'connect.parameters': parameters }),
  };
  if (type === 'array')
    return {
      type: 'array',
      items: nullable(avroColumn({ type: 'string', ...items, value: undefined }), includesNull),
      ...annotations,
    };
  if (type === 'struct') {
    const fields = [
      { name: 'scale', type: 'int' },
      { name: 'value', type: 'bytes' },
    ];
    return { type: 'record', name: 'Inner', fields, ...annotations };
  }
  return { type: avroTypes[type], ...annotations };
}

function connectColumn({
  type,
  name,
  parameters,
  items,
}: Omit<Column, 'title' | 'value' | 'expected'>): object {
  const fields = [
    { field: 'scale', type: 'int32' },
    { field: 'value', type: 'bytes' },
  ];
  return {
    type,
    optional: true,
    ...(name === undefined ? {} : { name, version: 1 }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(type === 'array' ? { items: connectColumn({ type: 'string', ...items }) } : {}),
    ...(type === 'struct' ? { fields } : {}),
  };
}

const sourceOf = (connector: string): Record<string, unknown> =>
  connector === 'mysql'
    ? { name: 'server', db: 'db', table: 'rows', ts_ms: 1, file: 'bin.000001', pos: 4, row: 0 }
    : { name: 'server', schema: 'public', table: 'rows', ts_ms: 1, lsn: 7 };

function sourceFields(
  connector: string,
): readonly { readonly name: string; readonly type: 'string' | 'int64' }[] {
  return Object.entries(sourceOf(connector)).map(([name, value]) => ({
    name,
    type: typeof value === 'string' ? 'string' : 'int64',
  }));
}

function envelope(value: unknown, connector: string): object {
  return { before: null, after: { id: 1, value }, source: sourceOf(connector), op: 'u' };
}

function avroSchemas(column: Column): readonly [unknown, unknown] {
  const connector = column.connector ?? 'postgresql';
  const idField = { name: 'id', type: 'long' };
  const row = {
    type: 'record',
    name: 'Value',
    fields: [idField, { name: 'value', type: nullable(avroColumn(column), column.value === null) }],
  };
  const source = {
    type: 'record',
    name: 'Source',
    namespace: `io.debezium.connector.${connector}`,
    'connect.name': `io.debezium.connector.${connector}.Source`,
    fields: sourceFields(connector).map(({ name, type }) => ({ name, type: avroTypes[type] })),
  };
  return [
    { type: 'record', name: 'Key', namespace: 'server.rows', fields: [idField] },
    {
      type: 'record',
      name: 'Envelope',
      namespace: 'server.rows',
      fields: [
        { name: 'before', type: ['null', row] },
        { name: 'after', type: ['null', 'Value'] },
        { name: 'source', type: source },
        { name: 'op', type: 'string' },
      ],
    },
  ];
}

const confluent = (id: number, body: Buffer): Buffer => Buffer.concat([Buffer.of(0, 0, 0, 0, id), body]);

function avroRecord(column: Column): RawRecord {
  const [keySchema, valueSchema] = avroSchemas(column).map((schema) =>
    avro.Type.forSchema(
      schema as avro.Schema,
      { typeHook: longHook, wrapUnions: false } as Partial<avro.ForSchemaOptions>,
    ),
  ) as [avro.Type, avro.Type];
  const value = envelope(column.value, column.connector ?? 'postgresql');
  return rawRecord(confluent(1, keySchema.toBuffer({ id: 1 })), confluent(2, valueSchema.toBuffer(value)));
}

function jsonRecord(column: Column): RawRecord {
  const connector = column.connector ?? 'postgresql';
  const key = { type: 'struct', fields: [{ field: 'id', type: 'int64' }] };
  const row = {
    type: 'struct',
    optional: true,
    fields: [
      { field: 'id', type: 'int64' },
      { field: 'value', ...connectColumn(column) },
    ],
  };
  const schema = {
    type: 'struct',
    fields: [
      { field: 'before', ...row },
      { field: 'after', ...row },
      {
        field: 'source',
        type: 'struct',
        name: `io.debezium.connector.${connector}.Source`,
        fields: sourceFields(connector).map(({ name, type }) => ({ field: name, type })),
      },
      { field: 'op', type: 'string' },
    ],
  };
  const payload = envelope(jsonForm(column.value), connector);
  return rawRecord(
    Buffer.from(`{"schema":${JSON.stringify(key)},"payload":{"id":1}}`),
    Buffer.from(`{"schema":${JSON.stringify(schema)},"payload":${withoutQuotes(JSON.stringify(payload))}}`),
  );
}

/** Large integers go out bare, as Jackson writes them. */
function jsonForm(value: unknown): unknown {
  if (typeof value === 'bigint') return `bigint:${value}`;
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(jsonForm);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonForm(member)]));
  }
  return value;
}

const withoutQuotes = (text: string): string => text.replace(/"bigint:(-?\d+)"/g, '$1');

function rawRecord(key: Buffer, value: Buffer): RawRecord {
  return { topic: 'server.rows', partition: 0, offset: 0n, timestampMs: 0, key, value, headers: [] };
}

async function decode(column: Column, record: RawRecord): Promise<DecodedRecord | undefined> {
  const [keySchema, valueSchema] = avroSchemas(column);
  const decoder = createChangeDecoder({
    connectors: [
      { topicPrefix: 'server', engineFamily: column.connector === 'mysql' ? 'mysql' : 'postgres', epoch: 0 },
    ],
    schemas: { avroSchema: (id) => Promise.resolve(id === 1 ? keySchema : valueSchema) },
  });
  return (await decoder.decode([record]))[0];
}

const placeholder = '__debezium_unavailable_value';
const codes = [...Buffer.from(placeholder)];
const uuid = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
const refusals = new Set(['unsupported_type', 'out_of_range', 'unmappable_value']);

/** Title, type with its semantic name and parameter, value, outcome. `connect.` and `time.` and `data.` are prefixes. */
const rows: readonly (readonly [string, string, unknown, Column['expected']])[] = [
  ['NULL', 'int64 time.MicroTimestamp', null, null],
  ['bigint', 'int64', 9223372036854775807n, '9223372036854775807'],
  ['smallint', 'int32', -7, '-7'],
  ['real', 'float', Math.fround(0.1), '0.1'],
  ['double precision', 'double', 0.1, '0.1'],
  ['NaN', 'double', NaN, 'NaN'],
  ['infinity', 'double', -Infinity, '-Infinity'],
  ['boolean', 'boolean', false, 'false'],
  ['text', 'string', '𝒳 "\\\u0000', '𝒳 "\\\u0000'],
  ['bytea', 'bytes', hex('00dead'), '00dead'],
  ['Decimal', 'bytes connect.Decimal scale=2', hex('cfc7'), '-123.45'],
  ['bigint unsigned', 'bytes connect.Decimal scale=0', hex('00ffffffffffffffff'), '18446744073709551615'],
  ['numeric', 'struct data.VariableScaleDecimal', { scale: 3, value: hex('04d2') }, '1.234'],
  ['date', 'int32 time.Date', 20_454, '2026-01-01'],
  ['connect date', 'int32 connect.Date', -1, '1969-12-31'],
  ['infinite date', 'int32 time.Date', 2_147_483_647, 'out_of_range'],
  ['time(3)', 'int32 time.Time', 1, '00:00:00.001000'],
  ['time(6)', 'int64 time.MicroTime', 86_399_999_999, '23:59:59.999999'],
  ['NanoTime', 'int64 time.NanoTime', 1, 'out_of_range'],
  ['timestamp(3)', 'int64 time.Timestamp', -1, '1969-12-31T23:59:59.999000'],
  ['timestamp(6)', 'int64 time.MicroTimestamp', 1_767_225_600_000_001, '2026-01-01T00:00:00.000001'],
  ['infinite timestamp', 'int64 time.MicroTimestamp', 9223372036825200000n, 'infinity'],
  ['timestamp before Christ', 'int64 time.MicroTimestamp', -63_000_000_000_000_000n, 'out_of_range'],
  ['NanoTimestamp', 'int64 time.NanoTimestamp', 1_767_225_600_000_001_000n, '2026-01-01T00:00:00.000001'],
  ['timestamptz', 'string time.ZonedTimestamp', '2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.500000Z'],
  ['timetz', 'string time.ZonedTime', '10:00:00Z', '10:00:00.000000Z'],
  ['year', 'int32 time.Year', 2155, '2155'],
  ['year 0000', 'int32 time.Year', 1900, '0'],
  ['interval as text', 'string time.Interval', 'P1Y2M3DT4H5M6.78S', 'P1Y2M3DT4H5M6.78S'],
  ['approximate interval', 'int64 time.MicroDuration', 1, 'unsupported_type'],
  ['enum', 'string data.Enum allowed=a,b', 'b', 'b'],
  ['set', 'string data.EnumSet allowed=a,b', 'a,b', 'a,b'],
  [
    'json',
    'string data.Json',
    '{"b": 12345678901234567890, "a": 1.50}',
    '{"a":1.5,"b":12345678901234567890}',
  ],
  ['uuid', 'string data.Uuid', uuid.toUpperCase(), uuid],
  ['bit(9)', 'bytes data.Bits length=9', hex('5501'), '101010101'],
  ['bit varying', 'bytes data.Bits length=2147483647', hex('01'), 'unsupported_type'],
  ['a name nobody knows', 'string com.example.Secret', 'x', 'unsupported_type'],
  ['a known name on another type', 'string time.Date', 'x', 'unsupported_type'],
  ['NULL of an unknown type', 'string com.example.Secret', null, null],
  ['geometry', 'struct data.geometry.Point', { scale: 1, value: hex('01') }, 'unsupported_type'],
  ['text[]', 'string[]', ['a"', null, ''], '["a\\"",null,""]'],
  ['bigint[]', 'int64[]', [1, 9223372036854775807n], '[1,9223372036854775807]'],
  ['float8[]', 'double[]', [0.5, 1e21], '[0.5,1000000000000000000000]'],
  ['boolean[]', 'boolean[]', [true, false], '[true,false]'],
  ['date[]', 'int32[] time.Date', [0], '["1970-01-01"]'],
  ['jsonb[]', 'string[] data.Json', ['{"b":1, "a":2}'], '[{"a":2,"b":1}]'],
  ['unchanged text', 'string', placeholder, 'absent'],
  ['unchanged jsonb', 'string data.Json', placeholder, 'absent'],
  ['unchanged hstore', 'string data.Json', `{"${placeholder}":"${placeholder}"}`, 'absent'],
  ['unchanged bytea', 'bytes', Buffer.from(placeholder), 'absent'],
  ['unchanged text[]', 'string[]', [placeholder], 'absent'],
  ['unchanged int[]', 'int32[]', codes, 'absent'],
  ['unchanged uuid[]', 'string[] data.Uuid', ['b68a35a7-17ad-35b3-af2a-ae46edb4545a'], 'absent'],
  ['the placeholder among others', 'string[]', [placeholder, 'b'], `["${placeholder}","b"]`],
  ['the placeholder of another length', 'string', `${placeholder} `, `${placeholder} `],
];

const prefixes: Readonly<Record<string, string>> = {
  connect: 'org.apache.kafka.connect.data',
  time: 'io.debezium.time',
  data: 'io.debezium.data',
};

function columnOf([title, described, value, expected]: (typeof rows)[number]): Column {
  const [typeText = '', shortName, parameter] = described.split(' ');
  const name = shortName?.replace(/^(connect|time|data)(?=\.)/, (prefix) => prefixes[prefix] ?? prefix);
  const named = name === undefined ? {} : { name };
  const [parameterName = '', parameterValue = ''] = parameter?.split('=') ?? [];
  const type = typeText.replace('[]', '') as Column['type'];
  const shape = typeText.endsWith('[]')
    ? { type: 'array' as const, items: { type, ...named } }
    : { type, ...named };
  const parameters = parameter === undefined ? {} : { parameters: { [parameterName]: parameterValue } };
  return { title, value, expected, ...shape, ...parameters };
}

const columns: readonly Column[] = [
  ...rows.map(columnOf),
  {
    title: 'vector of MySQL 9 and MariaDB 11.7',
    type: 'array',
    name: 'io.debezium.data.FloatVector',
    items: { type: 'float' },
    value: [1.5, -2, 0.25],
    expected: '[1.5,-2,0.25]',
    connector: 'mysql',
  },
  {
    title: 'vector of pgvector',
    type: 'array',
    name: 'io.debezium.data.DoubleVector',
    items: { type: 'double' },
    value: [0.1, -3],
    expected: '[0.1,-3]',
  },
  {
    title: 'the placeholder as a word of MySQL',
    type: 'string',
    value: placeholder,
    expected: placeholder,
    connector: 'mysql',
  },
];

const columnNamed = (title: string): Column => columns.find((column) => column.title === title) as Column;

describe.each([
  ['Avro', avroRecord],
  ['JSON with schema', jsonRecord],
] as const)('in %s', (_codec, encode) => {
  it.each(columns.map((column) => [column.title, column] as const))(
    '%s is carried exactly or refused',
    async (_title, column) => {
      const decoded = await decode(column, encode(column));
      if (typeof column.expected === 'string' && refusals.has(column.expected)) {
        expect(decoded).toMatchObject({ kind: 'undecodable', error: { code: column.expected } });
        expect(decoded).toMatchObject({
          error: { message: expect.stringContaining('column "value"') as string },
        });
        return;
      }
      expect(decoded).toMatchObject({ kind: 'change' });
      const after = decoded?.kind === 'change' ? decoded.event.after : null;
      expect(after).toEqual(column.expected === 'absent' ? { id: '1' } : { id: '1', value: column.expected });
    },
  );
});

describe('JSON with schema', () => {
  const column = columnNamed('bigint');

  it('is read by the schema of each record, also when a topic changes its schema', async () => {
    const changed: Column = {
      ...column,
      name: 'io.debezium.time.MicroTimestamp',
      value: 1_767_225_600_000_001,
    };
    const decoder = createChangeDecoder({
      connectors: [{ topicPrefix: 'server', engineFamily: 'postgres', epoch: 0 }],
      schemas: { avroSchema: () => Promise.reject(new Error('not asked')) },
    });
    const decoded = await decoder.decode([jsonRecord(column), jsonRecord(changed), jsonRecord(column)]);
    expect(
      decoded.map((result) => (result.kind === 'change' ? result.event.after?.['value'] : result.kind)),
    ).toEqual(['9223372036854775807', '2026-01-01T00:00:00.000001', '9223372036854775807']);
  });

  it.each([
    ['a number where its schema names text', { type: 'string' as const, value: 5 }],
    ['text where its schema names a number', { type: 'int64' as const, value: 'five' }],
    ['broken base64', { type: 'bytes' as const, value: '%%%' }],
  ])('with %s is undecodable', async (_title, parts) => {
    const decoded = await decode(column, jsonRecord({ ...column, ...parts }));
    expect(decoded).toMatchObject({ kind: 'undecodable', error: { code: 'undecodable' } });
  });
});

describe('the keys of a move', () => {
  const column = columnNamed('smallint');

  it.each([
    ['JSON as the simple header converter writes it', '{"id":9007199254740993}'],
    [
      'JSON with schema',
      '{"schema":{"type":"struct","fields":[{"field":"id","type":"int64"}]},"payload":{"id":9007199254740993}}',
    ],
  ])('are read from %s', async (_title, header) => {
    const record = {
      ...avroRecord(column),
      headers: [{ name: '__debezium.oldkey', value: Buffer.from(header) }],
    };
    const decoded = await decode(column, withOperation(record, 'c'));
    expect(decoded).toMatchObject({
      kind: 'change',
      event: { operation: 'create', movedFrom: '9007199254740993' },
    });
  });

  it('are read from Avro', async () => {
    const value = confluent(1, avro.Type.forSchema('long').toBuffer(42));
    const record = { ...avroRecord(column), headers: [{ name: '__debezium.oldkey', value }] };
    const decoded = await decode(column, withOperation(record, 'c'));
    expect(decoded).toMatchObject({ kind: 'change', event: { movedFrom: '42' } });
  });

  it('make the record undecodable when they cannot be read', async () => {
    const headers = [{ name: '__debezium.oldkey', value: Buffer.from('Struct{id=1}') }];
    const decoded = await decode(column, withOperation({ ...avroRecord(column), headers }, 'c'));
    expect(decoded).toMatchObject({ kind: 'undecodable', error: { code: 'undecodable' } });
  });

  /** The operation is the last letter of the value. */
  function withOperation(record: RawRecord, operation: string): RawRecord {
    const value = Buffer.from(record.value ?? '');
    value.write(operation, value.length - 1);
    return { ...record, value };
  }
});

describe('operations that need no write', () => {
  it.each([
    ['t', 'truncate'],
    ['m', 'message'],
  ])('%s is ignored as %s', async (operation, reason) => {
    const column = columnNamed('smallint');
    const record = avroRecord(column);
    const value = Buffer.from(record.value ?? '');
    value.write(operation, value.length - 1);
    expect(await decode(column, { ...record, key: null, value })).toMatchObject({ kind: 'ignored', reason });
  });
});
