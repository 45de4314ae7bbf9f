import { mysqlFamily, refusedBy, typeColumn } from './type-column.js';
import type { TypeColumn } from './type-column.js';

const outOfRange = refusedBy('out_of_range', 'mysql8', 'mariadb');
const thirtyFiveNines = '9'.repeat(35);
const thirtyNines = '9'.repeat(30);
const largestDecimal = `${thirtyFiveNines}.${thirtyNines}`;
const smallestDecimal = `0.${'0'.repeat(29)}1`;

export const postgresNumberColumns: readonly TypeColumn[] = [
  typeColumn({
    type: 'boolean',
    logical: 'boolean',
    relays: mysqlFamily('tinyint(1)'),
    cases: [
      ['true', 'true'],
      ['false', 'false'],
    ],
  }),
  typeColumn({
    type: 'boolean',
    variant: 'as_bit',
    logical: 'boolean',
    relays: mysqlFamily('bit(1)'),
    cases: [
      ['true', 'true'],
      ['false', 'false'],
    ],
  }),
  typeColumn({
    type: 'smallint',
    logical: 'int64',
    relays: mysqlFamily('smallint'),
    cases: [
      ['-32768', '-32768'],
      ['32767', '32767'],
    ],
  }),
  typeColumn({
    type: 'smallint',
    variant: 'as_tinyint',
    logical: 'int64',
    relays: mysqlFamily('tinyint'),
    cases: [
      ['-128', '-128'],
      ['128', '128', outOfRange],
    ],
  }),
  typeColumn({
    type: 'integer',
    logical: 'int64',
    relays: mysqlFamily('int'),
    cases: [
      ['-2147483648', '-2147483648'],
      ['2147483647', '2147483647'],
      ['0', '0'],
    ],
  }),
  typeColumn({
    type: 'bigint',
    logical: 'int64',
    relays: mysqlFamily('bigint'),
    cases: [
      ['-9223372036854775808', '-9223372036854775808'],
      ['9223372036854775807', '9223372036854775807'],
      ['9007199254740993', '9007199254740993'],
    ],
  }),
  typeColumn({
    type: 'oid',
    logical: 'int64',
    relays: mysqlFamily('int unsigned'),
    cases: [['4294967295', '4294967295']],
  }),
  typeColumn({ type: 'positive', logical: 'int64', relays: mysqlFamily('int'), cases: [['7', '7']] }),
  typeColumn({
    type: 'numeric(20,0)',
    logical: 'uint64',
    relays: mysqlFamily('bigint unsigned'),
    cases: [
      ['18446744073709551615', '18446744073709551615'],
      ['0', '0'],
      ['18446744073709551616', null, outOfRange],
      ['-1', null, outOfRange],
    ],
  }),
  typeColumn({
    type: 'numeric(65,30)',
    logical: 'decimal',
    relays: mysqlFamily('decimal(65,30)'),
    cases: [
      [largestDecimal, largestDecimal],
      [`-${largestDecimal}`, `-${largestDecimal}`],
      [smallestDecimal, smallestDecimal],
      ['1.50', '1.5'],
      ["'NaN'", 'NaN', outOfRange],
    ],
  }),
  typeColumn({
    type: 'numeric',
    logical: 'decimal',
    relays: mysqlFamily('decimal(65,30)'),
    remark: 'digits after the last one that counts are not kept: 1.50 arrives as 1.5, which equals it',
    cases: [
      ['1.50', '1.5'],
      ['-0.000', '0'],
      [smallestDecimal, smallestDecimal],
      [thirtyFiveNines, thirtyFiveNines],
      [`1${'0'.repeat(35)}`, `1${'0'.repeat(35)}`, outOfRange],
      [`0.${'0'.repeat(30)}1`, `0.${'0'.repeat(30)}1`, outOfRange],
      ["'NaN'", 'NaN', outOfRange],
      ["'Infinity'", 'Infinity', outOfRange],
      ["'-Infinity'", '-Infinity', outOfRange],
    ],
  }),
  typeColumn({
    type: 'real',
    logical: 'float64',
    relays: mysqlFamily('float'),
    cases: [
      ['0.1', '0.1'],
      ['3.4028235e38', '3.4028235e+38'],
      ['1.17549435e-38', '1.1754944e-38'],
      ['16777217', '16777216'],
      ['-123456.79', '-123456.79'],
      ["'NaN'", 'NaN', outOfRange],
      ["'-Infinity'", '-Infinity', outOfRange],
    ],
  }),
  typeColumn({
    type: 'double precision',
    logical: 'float64',
    relays: mysqlFamily('double'),
    cases: [
      ['0.1::float8 + 0.2::float8', '0.30000000000000004'],
      ['1.7976931348623157e308', '1.7976931348623157e+308'],
      ['2.2250738585072014e-308', '2.2250738585072014e-308'],
      ['-9007199254740993', '-9007199254740992'],
      ["'NaN'", 'NaN', outOfRange],
      ["'Infinity'", 'Infinity', outOfRange],
    ],
  }),
  typeColumn({
    type: 'bit(1)',
    logical: 'bits',
    relays: mysqlFamily('bit(1)'),
    cases: [
      ["B'1'", '1'],
      ["B'0'", '0'],
    ],
  }),
  typeColumn({
    type: 'bit(9)',
    logical: 'bits',
    relays: mysqlFamily('bit(9)'),
    cases: [
      ["B'101010101'", '101010101'],
      ["B'000000001'", '000000001'],
      ["B'000000000'", '000000000'],
    ],
  }),
  typeColumn({
    type: 'bit(64)',
    logical: 'bits',
    relays: mysqlFamily('bit(64)'),
    cases: [
      [`B'1${'0'.repeat(62)}1'`, `1${'0'.repeat(62)}1`],
      [`B'${'1'.repeat(64)}'`, '1'.repeat(64)],
    ],
  }),
];
