import { mysqlFamily, refusedBy, typeColumn } from './type-column.js';
import type { TypeColumn } from './type-column.js';

const uuid = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';

/** Text, and what is carried as text. */
export const postgresTextColumns: readonly TypeColumn[] = [
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
    type: 'macaddr8',
    logical: 'text',
    relays: mysqlFamily('varchar(23)'),
    cases: [["'08-00-2b-01-02-03-04-05'", '08:00:2b:01:02:03:04:05']],
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
