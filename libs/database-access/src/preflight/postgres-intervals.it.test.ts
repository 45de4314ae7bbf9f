import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import { createPostgresPool, type PostgresPool } from '../connection.js';
import type { PreflightFinding } from './capture-requirements.js';
import { preflightPostgres } from './postgres-preflight.js';

describeWithEngines('intervals without end', () => {
  let database: TestDatabase;
  let pool: PostgresPool;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    pool = createPostgresPool({ url: database.url, maxOpen: 1 });
    await database.run(`create table spans (id bigint primary key, "Span" interval(3), spare interval);
      insert into spans values (1, '1 day', 'infinity'), (2, 'infinity', null), (3, null, null)`);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const findings = async (...mappedColumns: string[]): Promise<readonly PreflightFinding[]> => {
    const found = await preflightPostgres(pool, {
      tables: [{ schema: 'public', table: 'spans', twoWay: false, mappedColumns, timestampColumns: [] }],
      captureUser: 'postgres',
      publication: 'shop',
      slot: 'shop_slot',
      sourceColumnGuard: false,
      logOriginGuard: false,
    });
    return found.filter(({ check }) => check === 'infinite_interval');
  };

  it('I8: refuses a mapped column that holds one, which events say zero of, and says what to run', async () => {
    expect(await findings('id')).toEqual([]);
    const [found, ...others] = await findings('id', 'Span');
    expect([found?.table, others]).toEqual(['public.spans.Span', []]);
    await database.run('delete from spans where id = 2');
    expect(await findings('id', 'Span')).toEqual([]);
    await database.run((found?.howToFix ?? '').replace(/^.*: /, ''));
    await expect(database.run(`update spans set "Span" = '-infinity'`)).rejects.toThrow('check constraint');
  });
});
