import { inSession, refusedBy, typeColumn } from './type-column.js';
import type { TypeColumn } from './type-column.js';

const uuid = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
const megabytes = 1_310_720;
const nulOfPostgres = refusedBy('out_of_range', 'postgres');
const onePointTwo = `${'000000000000f03f'}${'0000000000000040'}`;

const textColumns: readonly TypeColumn[] = [
  typeColumn({
    type: 'char(10)',
    logical: 'fixed_text',
    relays: { postgres: 'char(10)' },
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
    relays: { postgres: 'varchar(20)' },
    cases: [
      ["'two  '", 'two  '],
      ["''", ''],
      ["'👩‍👩‍👧‍👦 𝄞'", '👩‍👩‍👧‍👦 𝄞'],
      ["'it''s \"x\" \\\\ $1 %s ?'", 'it\'s "x" \\ $1 %s ?'],
      ["concat('a', char(0), 'b')", 'a\u0000b', nulOfPostgres],
    ],
  }),
  ...(['tinytext', 'text', 'mediumtext', 'longtext'] as const).map((type) =>
    typeColumn({
      type,
      logical: 'text',
      relays: { postgres: 'text' },
      cases: [
        ["repeat('ä', 100)", 'ä'.repeat(100)],
        ["''", ''],
      ],
    }),
  ),
  typeColumn({
    type: 'varchar(20) character set latin1',
    logical: 'text',
    relays: { postgres: 'text' },
    cases: [["'Zürich €'", 'Zürich €']],
  }),
  typeColumn({
    type: "enum('small','it''s, ok','LARGE')",
    logical: 'text',
    relays: { postgres: 'size' },
    cases: [
      ["'small'", 'small'],
      ["'it''s, ok'", "it's, ok"],
      ["'LARGE'", 'LARGE'],
    ],
  }),
  typeColumn({
    type: "enum('a','b')",
    variant: 'invalid',
    logical: 'text',
    relays: { postgres: 'mood' },
    cases: [
      inSession("set sql_mode = ''", 'set sql_mode = default', [
        "'none of them'",
        '',
        refusedBy('out_of_range', 'postgres', 'mysql8', 'mariadb'),
      ]),
    ],
  }),
  typeColumn({
    type: "set('red','green','blue')",
    logical: 'text',
    relays: { postgres: 'varchar(50)' },
    cases: [
      ["'blue,red'", 'red,blue'],
      ["''", ''],
      ["'red,green,blue'", 'red,green,blue'],
    ],
  }),
  typeColumn({
    type: 'char(36)',
    variant: 'as_uuid',
    logical: 'uuid',
    relays: { postgres: 'uuid' },
    cases: [[`'${uuid}'`, uuid]],
  }),
  typeColumn({
    type: 'uuid',
    logical: 'uuid',
    relays: { postgres: 'uuid' },
    only: 'mariadb',
    cases: [[`'${uuid}'`, uuid]],
  }),
];

const binaryColumns: readonly TypeColumn[] = [
  typeColumn({
    type: 'binary(4)',
    logical: 'bytes',
    relays: { postgres: 'bytea' },
    cases: [
      ["x'0a00'", '0a000000'],
      ["x'00000000'", '00000000'],
      ["x'0a0b0c0d'", '0a0b0c0d'],
      ["x'20200a20'", '20200a20'],
    ],
  }),
  typeColumn({
    type: 'binary(16)',
    variant: 'as_uuid',
    logical: 'uuid',
    relays: { postgres: 'uuid' },
    cases: [
      [`x'${uuid.replaceAll('-', '')}'`, uuid],
      ["x'ffffffffffffffffffffffffffff0000'", 'ffffffff-ffff-ffff-ffff-ffffffff0000'],
    ],
  }),
  typeColumn({
    type: 'varbinary(10)',
    logical: 'bytes',
    relays: { postgres: 'bytea' },
    cases: [
      ["x'0a00'", '0a00'],
      ["x'00ff5c27220a1a80c328'", '00ff5c27220a1a80c328'],
      ["x''", ''],
    ],
  }),
  ...(['tinyblob', 'blob', 'mediumblob'] as const).map((type) =>
    typeColumn({
      type,
      logical: 'bytes',
      relays: { postgres: 'bytea' },
      cases: [["x'00ff5c27220a1a80c328'", '00ff5c27220a1a80c328']],
    }),
  ),
  typeColumn({
    type: 'longblob',
    logical: 'bytes',
    relays: { postgres: 'bytea' },
    cases: [
      ["x'00ff5c27'", '00ff5c27'],
      [`repeat(x'00ff5c27', ${megabytes})`, '00ff5c27'.repeat(megabytes)],
    ],
  }),
];

const documentColumns: readonly TypeColumn[] = [
  typeColumn({
    type: 'json',
    logical: 'json',
    relays: { postgres: 'jsonb' },
    remark: 'white space, the order of keys and zeros after the last digit that counts are not kept',
    cases: [
      ['\'{"b":1.50,"a":[null,true,"é😀"]}\'', '{"a":[null,true,"é😀"],"b":1.5}'],
      ["'null'", 'null'],
      ["'[18446744073709551615,-9223372036854775808]'", '[18446744073709551615,-9223372036854775808]'],
      ["'[1e20,0.1]'", '[100000000000000000000,0.1]'],
      ['\'"x\\\\u0000"\'', '"x\\u0000"', refusedBy('out_of_range', 'postgres', 'mysql8')],
    ],
  }),
  typeColumn({
    type: 'json',
    variant: 'digits',
    logical: 'json',
    relays: { postgres: 'json' },
    only: 'mariadb',
    cases: [['\'{"n":123456789012345678901.25}\'', '{"n":123456789012345678901.25}']],
  }),
  typeColumn({
    type: 'json',
    variant: 'as_array',
    logical: 'array',
    relays: { postgres: 'integer[]' },
    cases: [
      ["'[1,null,-2147483648]'", '[1,null,-2147483648]'],
      ['\'["1"]\'', '["1"]', refusedBy('out_of_range', 'postgres')],
    ],
  }),
  ...(
    [
      ['numeric(5,1)[]', '["1.5",null]', '["0.15"]'],
      ['uuid[]', `["${uuid}"]`, `["${uuid.toUpperCase()}"]`],
      ['timestamp(3)[]', '["2024-02-29T23:59:59.999000"]', '["2024-02-29T23:59:59.999900"]'],
      ['bytea[]', '["00ff",""]', '["0"]'],
    ] as const
  ).map(([postgres, kept, rewritten]) =>
    typeColumn({
      type: 'json',
      variant: `as_${postgres}`,
      logical: 'array',
      relays: { postgres },
      cases: [
        [`'${kept}'`, kept],
        [`'${rewritten}'`, rewritten, refusedBy('out_of_range', 'postgres')],
      ],
    }),
  ),
  typeColumn({
    type: 'point',
    variant: 'as_point',
    logical: 'geometry',
    relays: { postgres: 'point' },
    cases: [["st_geomfromtext('POINT(1 2)')", `0101000000${onePointTwo}`]],
  }),
  typeColumn({
    type: 'geometry',
    logical: 'geometry',
    relays: { postgres: 'bytea' },
    cases: [
      ["st_geomfromtext('LINESTRING(1 2,1 2)')", `010200000002000000${onePointTwo}${onePointTwo}`],
      ["st_geomfromwkb(st_aswkb(st_geomfromtext('POINT(1 2)')), 3857)", `0101000020110f0000${onePointTwo}`],
    ],
  }),
];

export const mysqlOtherColumns: readonly TypeColumn[] = [
  ...textColumns,
  ...binaryColumns,
  ...documentColumns,
];
