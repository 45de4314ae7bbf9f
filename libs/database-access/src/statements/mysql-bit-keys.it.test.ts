import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import { createMysqlPool, type MysqlPool } from '../connection.js';
import { readMysqlServer } from '../facts/mysql-server.js';
import { readMysqlTableFacts } from '../facts/mysql-table-facts.js';
import { quoteMysqlIdentifier } from '../quote-identifier.js';
import { bindTable, type BoundTable } from './bound-table.js';
import { keyPredicate, readMysqlRows } from './mysql-rows.js';
import { runOnMysql } from './mysql-statement.js';

describeWithEngines('rows of MariaDB by a key of bits', () => {
  let database: TestDatabase;
  let pool: MysqlPool;

  beforeAll(async () => {
    database = await createDatabase('mariadb');
    pool = createMysqlPool({ url: database.url, maxOpen: 1 });
    await database.run(`create table masks (mask bit(64) primary key);
      insert into masks values (18446744073709551614), (18446744073709551615), (0), (255);
      create table switches (lit bit(1) primary key); insert into switches values (0), (1)`);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  async function bound(table: string, name: string, type: 'bits' | 'boolean'): Promise<BoundTable> {
    const run = runOnMysql(pool);
    const names = [{ schema: database.name, table }];
    const facts = await readMysqlTableFacts(run, await readMysqlServer(run), names);
    const expected = { schema: database.name, table, key: [name], keyTypes: [type], columns: [] };
    return bindTable(expected, facts, quoteMysqlIdentifier);
  }

  it.each([
    { table: 'masks', name: 'mask', type: 'bits', key: '1'.repeat(64) },
    { table: 'masks', name: 'mask', type: 'bits', key: '0'.repeat(64) },
    { table: 'masks', name: 'mask', type: 'bits', key: '1'.repeat(8).padStart(64, '0') },
    { table: 'switches', name: 'lit', type: 'boolean', key: 'true' },
    { table: 'switches', name: 'lit', type: 'boolean', key: 'false' },
  ] as const)(
    'I8: $table.$name ($type) $key is one row, and no neighbour of it',
    async ({ table, name, type, key }) => {
      const keyed = await bound(table, name, type);
      const run = runOnMysql(pool);
      expect([...(await readMysqlRows(run, keyed, { keys: [key], lock: true })).keys()]).toEqual([key]);
      const wanted = keyPredicate(keyed, [key]);
      const counted = await run({
        text: `select count(*) from ${keyed.sqlName} where ${wanted.text}`,
        values: wanted.values,
        operation: 'count_rows',
      });
      expect(counted.rows).toEqual([['1']]);
    },
  );
});
