import { mysqlFamily, refusedBy, typeColumn } from './type-column.js';
import type { TypeColumn } from './type-column.js';

const json = { mysql8: 'json', mariadb: 'json' } as const;
const floatsOfMysql = refusedBy('out_of_range', 'mysql8');
const outOfRange = refusedBy('out_of_range', 'mysql8', 'mariadb');
const unmappable = refusedBy('unmappable_value', 'mysql8', 'mariadb');
const rewritten = 'white space, the order of keys and zeros after the last digit that counts are not kept';
const megabytes = 1_310_720;
const uuid = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
const pointAt = (body: string): string => `0101000000${body}`;

/** Documents, arrays, bytes and shapes. */
export const postgresDocumentColumns: readonly TypeColumn[] = [
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
  typeColumn({
    type: 'smallint[]',
    logical: 'array',
    relays: json,
    cases: [["'{-32768,null,32767}'", '[-32768,null,32767]']],
  }),
  typeColumn({
    type: 'varchar(3)[]',
    logical: 'array',
    relays: json,
    cases: [["array['a  ',null,'😀é']", '["a  ",null,"😀é"]']],
  }),
  typeColumn({
    type: 'numeric[]',
    logical: 'array',
    relays: json,
    cases: [["'{1.50,-0.1,100000000000000000000}'", '["1.50","-0.1","100000000000000000000"]']],
  }),
  typeColumn({
    type: 'timestamp(6)[]',
    logical: 'array',
    relays: json,
    cases: [
      [
        "'{1582-10-25 00:00:00,2024-03-31 02:30:00.000001,null,9999-12-31 23:59:59.999999,infinity}'",
        '["1582-10-25T00:00:00.000000","2024-03-31T02:30:00.000001",null,"9999-12-31T23:59:59.999999","infinity"]',
      ],
      ["'{1582-10-10 12:00:00}'", null, outOfRange],
      ["'{0044-03-15 12:00:00 BC}'", null, outOfRange],
    ],
  }),
  typeColumn({
    type: 'timestamp(3)[]',
    logical: 'array',
    relays: json,
    cases: [["'{2024-02-29 23:59:59.999}'", '["2024-02-29T23:59:59.999000"]']],
  }),
  typeColumn({
    type: 'bytea[]',
    logical: 'array',
    relays: json,
    cases: [["array['\\x00ff5c27'::bytea,'\\x',null]", '["00ff5c27","",null]']],
  }),
  typeColumn({
    type: 'integer[]',
    variant: 'nested',
    logical: 'array',
    relays: json,
    remark: 'bounds that do not begin at 1 are not kept',
    cases: [
      ["'{}'", '[]'],
      ["'{{1,2},{3,4}}'", null, unmappable],
      ["'{null,null}'", null, unmappable],
    ],
  }),
  typeColumn({
    type: 'text[]',
    variant: 'nested',
    logical: 'array',
    relays: json,
    cases: [["'{{a,b},{c,d}}'", null, unmappable]],
  }),
  typeColumn({ type: 'real[]', logical: 'array', relays: json, cases: [["'{0.1,-2.5}'", '[0.1,-2.5]']] }),
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
