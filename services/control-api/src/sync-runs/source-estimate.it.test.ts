import { createPostgresPool } from '@rowbridge/database-access';
import type { TableSide } from '@rowbridge/mapping';
import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import { countedRows, estimateRows } from './source-estimate.js';

describeWithEngines('how many rows a PostgreSQL table is thought to have', () => {
  let database: TestDatabase;
  let pool: ReturnType<typeof createPostgresPool>;
  const sideOf = (table: string): TableSide => ({ schema: 'public', table }) as TableSide;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    pool = createPostgresPool({ url: database.url, maxOpen: 1 });
    await database.run(`
      create table few as select number as id from generate_series(1, 30) number;
      create table grown as select number as id from generate_series(1, 100000) number;
      analyze grown;
      alter table grown set (autovacuum_enabled = off);
      insert into grown select number from generate_series(100001, ${2 * countedRows}) number;`);
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const estimate = async (table: string, condition: string | null = null): Promise<number> =>
    estimateRows({ family: 'postgres', client: pool }, sideOf(table), condition);

  it('is counted while they are few, or those that meet a condition are', async () => {
    expect(await estimate('few')).toBe(30);
    expect(await estimate('grown', 'id <= 7')).toBe(7);
  });

  it('follows the size of a table whose statistics are of a time when it was small', async () => {
    const estimated = await estimate('grown');
    expect(estimated).toBeGreaterThan(1.5 * countedRows);
    expect(estimated).toBeLessThan(2.5 * countedRows);
  });
});
