import { refusedBy, typeColumn } from './type-column.js';
import type { TypeColumn } from './type-column.js';

const mysqlFamily = (type: string): { readonly mysql8: string; readonly mariadb: string } => ({
  mysql8: type,
  mariadb: type,
});
const json = { mysql8: 'json', mariadb: 'json' } as const;
const floatsOfMysql = refusedBy('out_of_range', 'mysql8');
const rewritten = 'white space, the order of keys and zeros after the last digit that counts are not kept';
const megabytes = 1_310_720;
const uuid = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
const pointAt = (body: string): string => `0101000000${body}`;

const textColumns: readonly TypeColumn[] = [
  typeColumn({
    type: 'char(10)',
    logical: 'fixed_text',
    relays: mysqlFamily('char(10)'),
    cases: [
      ["'abc'", 'abc'],
      ["'a  b  '", 'a  b'],
      ["''", ''],
      ["'zwölf 😀'", 'zwölf 😀'],
    ],
  }),
  typeColumn({
    type: 'varchar(20)',
    logical: 'text',
    relays: mysqlFamily('varchar(20)'),
    cases: [
      ["'two  '", 'two  '],
      ["''", ''],
      ["'👩‍👩‍👧‍👦 𝄞'", '👩‍👩‍👧‍👦 𝄞'],
      ["'NULL'", 'NULL'],
    ],
  }),
  typeColumn({
    type: 'text',
    logical: 'text',
    relays: mysqlFamily('longtext'),
    cases: [
      ["E'it''s \"x\" \\\\ $1 %s ? `\\r\\n\\t\\u0001\\u001a'", 'it\'s "x" \\ $1 %s ? `\r\n\t\u0001\u001a'],
      ["repeat('äß𝒳', 100000)", 'äß𝒳'.repeat(100_000)],
    ],
  }),
  typeColumn({
    type: 'text',
    variant: 'as_varchar_5',
    logical: 'text',
    relays: mysqlFamily('varchar(5)'),
    cases: [
      ["'😀😀😀😀😀'", '😀😀😀😀😀'],
      ["'Zürich'", 'Zürich', refusedBy('value_too_long', 'mysql8', 'mariadb')],
    ],
  }),
  typeColumn({
    type: 'text',
    variant: 'as_utf8mb3',
    logical: 'text',
    relays: mysqlFamily('varchar(20) character set utf8mb3'),
    cases: [
      ["'Zürich €'", 'Zürich €'],
      ["'😀'", '😀', refusedBy('unmappable_value', 'mysql8', 'mariadb')],
    ],
  }),
  typeColumn({
    type: 'citext',
    logical: 'text',
    relays: mysqlFamily('varchar(20)'),
    cases: [["'Straße'", 'Straße']],
  }),
  typeColumn({
    type: 'xml',
    logical: 'text',
    relays: mysqlFamily('longtext'),
    cases: [['\'<a b="1">ü</a>\'', '<a b="1">ü</a>']],
  }),
  typeColumn({
    type: 'ltree',
    logical: 'text',
    relays: mysqlFamily('varchar(200)'),
    cases: [["'Top.Science.x_1'", 'Top.Science.x_1']],
  }),
  typeColumn({
    type: 'mood',
    logical: 'text',
    relays: mysqlFamily("enum('sad','ok','it''s','SAD2')"),
    cases: [
      ["'sad'", 'sad'],
      ["'it''s'", "it's"],
    ],
  }),
  typeColumn({
    type: 'mood',
    variant: 'as_other_enum',
    logical: 'text',
    relays: mysqlFamily("enum('SAD','ok')"),
    cases: [
      ["'ok'", 'ok'],
      ["'sad'", 'sad', refusedBy('out_of_range', 'mysql8', 'mariadb')],
    ],
  }),
];

const addressColumns: readonly TypeColumn[] = [
  typeColumn({
    type: 'inet',
    logical: 'text',
    relays: mysqlFamily('varchar(43)'),
    cases: [
      ["'192.168.0.1/24'", '192.168.0.1/24'],
      ["'10.0.0.1'", '10.0.0.1'],
      ["'2001:db8::1/64'", '2001:db8::1/64'],
    ],
  }),
  typeColumn({
    type: 'cidr',
    logical: 'text',
    relays: mysqlFamily('varchar(43)'),
    cases: [["'10.1.0.0/16'", '10.1.0.0/16']],
  }),
  typeColumn({
    type: 'macaddr',
    logical: 'text',
    relays: mysqlFamily('varchar(17)'),
    cases: [["'08-00-2b-01-02-03'", '08:00:2b:01:02:03']],
  }),
  typeColumn({
    type: 'uuid',
    logical: 'uuid',
    relays: { mysql8: 'char(36)', mariadb: 'uuid' },
    cases: [
      [`'${uuid.toUpperCase()}'`, uuid],
      ["'00000000-0000-0000-0000-000000000000'", '00000000-0000-0000-0000-000000000000'],
    ],
  }),
  typeColumn({
    type: 'uuid',
    variant: 'as_binary',
    logical: 'uuid',
    relays: mysqlFamily('binary(16)'),
    cases: [
      [`'${uuid}'`, uuid],
      ["'ffffffff-ffff-ffff-ffff-ffffffffff00'", 'ffffffff-ffff-ffff-ffff-ffffffffff00'],
    ],
  }),
  typeColumn({
    type: 'int4range',
    logical: 'text',
    relays: mysqlFamily('varchar(50)'),
    cases: [
      ["'[1,10]'", '[1,11)'],
      ["'empty'", 'empty'],
    ],
  }),
  typeColumn({
    type: 'int8range',
    logical: 'text',
    relays: mysqlFamily('varchar(50)'),
    cases: [["'(,9223372036854775807)'", '(,9223372036854775807)']],
  }),
  typeColumn({
    type: 'numrange',
    logical: 'text',
    relays: mysqlFamily('varchar(50)'),
    cases: [["'[1.50,2)'", '[1.50,2)']],
  }),
  typeColumn({
    type: 'daterange',
    logical: 'text',
    relays: mysqlFamily('varchar(50)'),
    cases: [["'[2024-02-29,)'", '[2024-02-29,)']],
  }),
  typeColumn({
    type: 'tsrange',
    logical: 'text',
    relays: mysqlFamily('varchar(80)'),
    cases: [
      ["'[2024-03-31 02:30:00,2024-04-01 00:00:00.5)'", '["2024-03-31 02:30:00","2024-04-01 00:00:00.5")'],
    ],
  }),
];

const documentColumns: readonly TypeColumn[] = [
  ...(['json', 'jsonb'] as const).map((type) =>
    typeColumn({
      type,
      logical: 'json',
      relays: json,
      remark: rewritten,
      cases: [
        ['\'{"b":1.50,"a":[null,true,"é😀"]}\'', '{"a":[null,true,"é😀"],"b":1.5}'],
        ["'null'", 'null'],
        ["'18446744073709551615'", '18446744073709551615'],
        ["'[1e20,0.1,-9223372036854775808]'", '[100000000000000000000,0.1,-9223372036854775808]'],
        ['\'{"n":123456789012345678901}\'', '{"n":123456789012345678901}', floatsOfMysql],
        ["'[0.12345678901234567891]'", '[0.12345678901234567891]', floatsOfMysql],
      ],
    }),
  ),
  typeColumn({
    type: 'json',
    variant: 'unusual',
    logical: 'json',
    relays: json,
    cases: [
      ['\'{"a":1,"a":2}\'', null, refusedBy('unmappable_value', 'mysql8', 'mariadb')],
      ['\'"x\\u0000"\'', '"x\\u0000"', refusedBy('out_of_range', 'mysql8')],
    ],
  }),
  typeColumn({
    type: 'hstore',
    logical: 'json',
    relays: json,
    cases: [
      ['\'"a b"=>"1\\"","c"=>NULL\'', '{"a b":"1\\"","c":null}'],
      ["''", '{}'],
    ],
  }),
  typeColumn({
    type: 'text[]',
    logical: 'array',
    relays: json,
    cases: [
      ["array['a\"','',null,'NULL','{x}','ü😀']", '["a\\"","",null,"NULL","{x}","ü😀"]'],
      ["'{}'", '[]'],
    ],
  }),
  typeColumn({
    type: 'integer[]',
    logical: 'array',
    relays: json,
    cases: [["'{-2147483648,null,2147483647}'", '[-2147483648,null,2147483647]']],
  }),
  typeColumn({
    type: 'bigint[]',
    logical: 'array',
    relays: json,
    cases: [["'{9223372036854775807,-9223372036854775808}'", '[9223372036854775807,-9223372036854775808]']],
  }),
  typeColumn({
    type: 'boolean[]',
    logical: 'array',
    relays: json,
    cases: [["'{t,f,null}'", '[true,false,null]']],
  }),
  typeColumn({ type: 'uuid[]', logical: 'array', relays: json, cases: [[`'{${uuid}}'`, `["${uuid}"]`]] }),
  typeColumn({
    type: 'numeric(20,4)[]',
    logical: 'array',
    relays: json,
    cases: [["'{1.5000,-0.0001,null}'", '["1.5000","-0.0001",null]']],
  }),
  typeColumn({
    type: 'double precision[]',
    logical: 'array',
    relays: json,
    cases: [["'{0.1,1e21,NaN}'", '[0.1,1000000000000000000000,"NaN"]']],
  }),
  typeColumn({ type: 'real[]', logical: 'array', relays: json, cases: [["'{0.1,-2.5}'", '[0.1,-2.5]']] }),
];

const binaryColumns: readonly TypeColumn[] = [
  typeColumn({
    type: 'bytea',
    logical: 'bytes',
    relays: mysqlFamily('longblob'),
    cases: [
      ["'\\x'", ''],
      ["'\\x00ff5c27220a1a80c328'", '00ff5c27220a1a80c328'],
      [`decode(repeat('00ff5c27', ${megabytes}), 'hex')`, '00ff5c27'.repeat(megabytes)],
    ],
  }),
  typeColumn({
    type: 'bytea',
    variant: 'as_binary_4',
    logical: 'bytes',
    relays: mysqlFamily('binary(4)'),
    cases: [
      ["'\\x0a0b0000'", '0a0b0000'],
      ["'\\x00000000'", '00000000'],
      ["'\\x0a0b'", '0a0b', refusedBy('out_of_range', 'mysql8', 'mariadb')],
    ],
  }),
  typeColumn({
    type: 'point',
    logical: 'geometry',
    relays: mysqlFamily('point'),
    cases: [
      ["'(1,2)'", pointAt('000000000000f03f0000000000000040')],
      ["'(-0.1,1e300)'", pointAt('9a9999999999b9bf9c7500883ce4377e')],
    ],
  }),
];

export const postgresOtherColumns: readonly TypeColumn[] = [
  ...textColumns,
  ...addressColumns,
  ...documentColumns,
  ...binaryColumns,
];
