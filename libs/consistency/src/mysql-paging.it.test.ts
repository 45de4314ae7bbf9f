import type { LogicalType } from '@rowbridge/change-event';
import { createMysqlPool, type MysqlPool } from '@rowbridge/database-access';
import { mysql8UnavailableBecause } from '@rowbridge/embedded-stack';
import type { TableSide } from '@rowbridge/mapping';
import {
  createDatabase,
  createEngineProvider,
  describeWithEngines,
  type TestDatabase,
} from '@rowbridge/testing';
import { createMysqlSideReader } from './index.js';
import type { ReadRow } from './side-reader.js';

/** Keys whose text, number and place in the server's own order do not agree, and neighbours that a double takes for one. */
const keys: readonly (readonly [declared: string, type: LogicalType, values: readonly string[]])[] = [
  ["enum('pear','apple','zoo','fig')", 'text', ["'pear'", "'apple'", "'zoo'", "'fig'"]],
  ["enum('Ä','b','C') collate utf8mb4_general_ci", 'text', ["'Ä'", "'b'", "'C'"]],
  ["set('pear','apple','fig')", 'text', ["''", "'pear'", "'apple'", "'pear,apple'", "'fig'", "'pear,fig'"]],
  [
    'decimal(40,2)',
    'decimal',
    [
      '-12345678901234567890.01',
      '-12345678901234567890.02',
      '12345678901234567890.01',
      '12345678901234567890.02',
    ],
  ],
  ['bigint', 'int64', ['9223372036854775806', '9223372036854775807', '-9223372036854775808', '10', '9']],
  ['bigint unsigned', 'uint64', ['18446744073709551614', '18446744073709551615', '10', '9']],
  ['bit(64)', 'bits', ['18446744073709551614', '18446744073709551615', '1', '255', '256']],
  ['float', 'float64', ['0.1', '0.2', '16777216', '-3.4028234e38']],
  ['double', 'float64', ['0.1', '0.30000000000000004', '0.3', '1e300']],
  ['year', 'int64', ['0', '1970', '2000', '2155']],
  ['date', 'date', ["'0001-01-01'", "'2024-02-29'", "'9999-12-31'"]],
  [
    'time(6)',
    'time',
    ["'-838:59:59'", "'-00:00:00.000001'", "'09:00:00'", "'100:00:00'", "'10:00:00.000001'"],
  ],
  ['datetime(6)', 'wall_clock', ["'2024-02-29 23:59:59.000001'", "'2024-02-29 23:59:59.000002'"]],
  ['timestamp(6)', 'instant', ["'2024-02-29 23:59:59.000001'", "'2024-02-29 23:59:59.000002'"]],
  ['varchar(20) collate utf8mb4_general_ci', 'text', ["'b'", "'A'", "'ä1'", "'Z'", "'10'", "'9'"]],
  ['varbinary(20)', 'bytes', ["x'00'", "x'ff'", "x'0001'", "x'80'"]],
  ['binary(16)', 'uuid', ["x'ff000000000000000000000000000000'", "x'00000000000000000000000000000001'"]],
];

const provider = createEngineProvider();
afterAll(() => provider.stop());
const mysql8Refusal = provider.name === 'embedded' ? mysql8UnavailableBecause() : undefined;
const flavors: readonly ('mariadb' | 'mysql8')[] =
  mysql8Refusal === undefined ? ['mariadb', 'mysql8'] : ['mariadb'];

describe.each(flavors)('reading a table of %s page by page', (flavor) => {
  describeWithEngines('in the order of its key', () => {
    let database: TestDatabase;
    let pool: MysqlPool;

    beforeAll(async () => {
      const { url } = await provider.mysql({ flavor });
      database = await createDatabase('mariadb', { serverUrl: url });
      pool = createMysqlPool({ url: database.url, maxOpen: 1 });
    });
    afterAll(async () => {
      await pool?.end();
      await database?.drop();
    });

    /** Every key that pages of one row show, up to one more than the table has. */
    async function readKeys(side: TableSide, rowCount: number): Promise<readonly string[]> {
      const reader = createMysqlSideReader(pool);
      const read: string[] = [];
      for (let afterKey: string | null = null; read.length <= rowCount;) {
        const [row]: readonly ReadRow[] = await reader.readPage(side, [], { afterKey, limit: 1 });
        if (row === undefined) break;
        read.push(row.key);
        afterKey = row.key;
      }
      return read;
    }

    const sideOf = (table: string, columns: Readonly<Record<string, LogicalType>>): TableSide => ({
      side: {
        name: 'right',
        engineFamily: 'mysql',
        topicPrefix: 'right',
        schema: database.name,
        writtenBy: { direction: 'left-to-right', consumerGroup: 'right' },
      },
      schema: database.name,
      table,
      key: Object.keys(columns),
      keyTypes: Object.values(columns),
    });

    test.each(keys)('I6: shows each row once where the key is %s', async (declared, type, values) => {
      const table = `keyed_${keys.findIndex(([other]) => other === declared)}`;
      await database.run(
        `create table ${table} (number int, word ${declared}, primary key (word), unique (number));
         insert into ${table} (word) values ${values.map((value) => `(${value})`).join(', ')}`,
      );
      const read = await readKeys(sideOf(table, { word: type }), values.length);
      expect(read).toHaveLength(values.length);
      expect(new Set(read).size).toBe(values.length);
    });

    test.each(keys)('I6: and where %s leads a number', async (declared, type, values) => {
      const table = `leading_${keys.findIndex(([other]) => other === declared)}`;
      await database.run(
        `create table ${table} (word ${declared}, number int, primary key (word, number));
         insert into ${table} values ${values.flatMap((value) => [`(${value}, 2)`, `(${value}, 10)`]).join(', ')}`,
      );
      const read = await readKeys(sideOf(table, { word: type, number: 'int64' }), 2 * values.length);
      expect(read).toHaveLength(2 * values.length);
      expect(new Set(read).size).toBe(2 * values.length);
    });
  });
});
