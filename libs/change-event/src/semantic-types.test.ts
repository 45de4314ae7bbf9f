import { createChangeDecoder } from './change-decoder.js';
import { avroRecord, decode, jsonRecord, type Column } from './fixtures/one-column-records.js';

/*
 * One column at a time through the whole decoder, once as Avro and once as JSON with schema: both must give the same
 * logical value. Types and encodings: what Debezium 3.5 documents for the capture settings in connectors/.
 */
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
  [
    'timestamp[]',
    'int64[] time.MicroTimestamp',
    [-12217564800000000n, null, 9223372036825200000n],
    '["1582-11-04T00:00:00.000000",null,"infinity"]',
  ],
  ['timestamp[] of a shifted day', 'int64[] time.MicroTimestamp', [-12218817600000000n], 'out_of_range'],
  ['timestamp(3)[]', 'int64[] time.Timestamp', [1_704_067_200_123], '["2024-01-01T00:00:00.123000"]'],
  ['bytea[]', 'bytes[]', [hex('00ff'), hex(''), null], '["00ff","",null]'],
  ['integer[][] as Debezium sends it', 'int32[]', [null, null], 'unmappable_value'],
  ['text[][] as Debezium sends it', 'string[]', ['[Ljava.lang.String;@165d12c1'], 'unmappable_value'],
  ['uuid[][] as Debezium sends it', 'string[] data.Uuid', ['[Ljava.util.UUID;@37012e75'], 'unmappable_value'],
  [
    'text that only begins so',
    'string[]',
    ['[Ljava.lang.String;@165d12c1 x', null],
    '["[Ljava.lang.String;@165d12c1 x",null]',
  ],
  ['an empty array', 'int32[]', [], '[]'],
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
