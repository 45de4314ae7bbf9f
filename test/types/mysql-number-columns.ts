import { refusedBy, typeColumn } from './type-column.js';
import type { TypeColumn } from './type-column.js';

const everywhere = refusedBy('out_of_range', 'postgres', 'mysql8', 'mariadb');
const largestDecimal = `${'9'.repeat(35)}.${'9'.repeat(30)}`;

const integer = (type: string, postgres: string, edges: readonly string[]): TypeColumn =>
  typeColumn({
    type,
    logical: 'int64',
    relays: { postgres },
    cases: edges.map((edge) => [edge, edge] as const),
  });

export const mysqlNumberColumns: readonly TypeColumn[] = [
  typeColumn({
    type: 'tinyint(1)',
    variant: 'as_boolean',
    logical: 'boolean',
    relays: { postgres: 'boolean' },
    cases: [
      ['1', 'true'],
      ['0', 'false'],
      ['2', '2', everywhere],
      ['-1', '-1', everywhere],
    ],
  }),
  integer('tinyint(1)', 'smallint', ['-128', '0', '127']),
  integer('tinyint unsigned', 'smallint', ['0', '255']),
  integer('smallint', 'smallint', ['-32768', '32767']),
  integer('smallint unsigned', 'integer', ['65535']),
  integer('mediumint', 'integer', ['-8388608', '8388607']),
  integer('mediumint unsigned', 'integer', ['16777215']),
  integer('int', 'integer', ['-2147483648', '2147483647']),
  integer('int unsigned', 'bigint', ['4294967295']),
  typeColumn({
    type: 'int unsigned',
    variant: 'as_integer',
    logical: 'int64',
    relays: { postgres: 'integer' },
    cases: [
      ['2147483647', '2147483647'],
      ['2147483648', '2147483648', refusedBy('out_of_range', 'postgres')],
    ],
  }),
  integer('bigint', 'bigint', ['-9223372036854775808', '9223372036854775807', '9007199254740993']),
  typeColumn({
    type: 'bigint unsigned',
    logical: 'uint64',
    relays: { postgres: 'numeric(20,0)' },
    cases: [
      ['18446744073709551615', '18446744073709551615'],
      ['9223372036854775808', '9223372036854775808'],
      ['0', '0'],
    ],
  }),
  integer('year', 'smallint', ['1901', '2155', '0']),
  typeColumn({
    type: 'decimal(65,30)',
    logical: 'decimal',
    relays: { postgres: 'numeric(65,30)' },
    cases: [
      [largestDecimal, largestDecimal],
      [`-${largestDecimal}`, `-${largestDecimal}`],
      [`0.${'0'.repeat(29)}1`, `0.${'0'.repeat(29)}1`],
      ['1.50', '1.5'],
    ],
  }),
  typeColumn({
    type: 'decimal(10,2)',
    logical: 'decimal',
    relays: { postgres: 'numeric' },
    cases: [['-99999999.99', '-99999999.99']],
  }),
  typeColumn({
    type: 'decimal(10,2)',
    variant: 'as_numeric_5_1',
    logical: 'decimal',
    relays: { postgres: 'numeric(5,1)', mysql8: 'decimal(5,1)', mariadb: 'decimal(5,1)' },
    cases: [
      ['9999.9', '9999.9'],
      ['0.15', '0.15', everywhere],
      ['10000', '10000', everywhere],
    ],
  }),
  typeColumn({
    type: 'float',
    logical: 'float64',
    relays: { postgres: 'real' },
    cases: [
      ['0.1', '0.1'],
      ['3.4028234e38', '3.4028235e+38'],
      ['1.17549435e-38', '1.1754944e-38'],
      ['16777217', '16777216'],
      ['-123456.79', '-123456.79'],
    ],
  }),
  typeColumn({
    type: 'double',
    logical: 'float64',
    relays: { postgres: 'double precision' },
    cases: [
      ['0.1e0 + 0.2e0', '0.30000000000000004'],
      ['1.7976931348623157e308', '1.7976931348623157e+308'],
      ['2.2250738585072014e-308', '2.2250738585072014e-308'],
    ],
  }),
  typeColumn({
    type: 'double',
    variant: 'as_single',
    logical: 'float64',
    relays: { postgres: 'real', mysql8: 'float', mariadb: 'float' },
    cases: [
      ['0.5', '0.5'],
      ['0.1e0 + 0.2e0', '0.30000000000000004', everywhere],
    ],
  }),
  typeColumn({
    type: 'bit(1)',
    logical: 'bits',
    relays: { postgres: 'bit(1)' },
    cases: [
      ["b'1'", '1'],
      ["b'0'", '0'],
    ],
  }),
  typeColumn({
    type: 'bit(1)',
    variant: 'as_boolean',
    logical: 'boolean',
    relays: { postgres: 'boolean' },
    cases: [
      ["b'1'", 'true'],
      ["b'0'", 'false'],
    ],
  }),
  typeColumn({
    type: 'bit(9)',
    logical: 'bits',
    relays: { postgres: 'bit(9)' },
    cases: [
      ["b'101010101'", '101010101'],
      ["b'1'", '000000001'],
      ["b'0'", '000000000'],
    ],
  }),
  typeColumn({
    type: 'bit(64)',
    logical: 'bits',
    relays: { postgres: 'bit(64)' },
    cases: [
      [`b'${'1'.repeat(64)}'`, '1'.repeat(64)],
      [`b'1${'0'.repeat(62)}1'`, `1${'0'.repeat(62)}1`],
    ],
  }),
];
