import { RowbridgeError } from '@rowbridge/errors';
import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import { contractPlan } from '@rowbridge/writer-contract';
import { createPostgresPool } from '@rowbridge/database-access';
import { migratePostgres } from './migrate.js';
import { createPostgresTarget, type PostgresTarget } from './postgres-target.js';

const plan = contractPlan('postgres', 'public');
const notes = plan.tables.find(({ entity }) => entity === 'note') as (typeof plan.tables)[number];

describeWithEngines('a table altered while a connection holds statements of it', () => {
  let database: TestDatabase;
  let target: PostgresTarget;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    const pool = createPostgresPool({ url: database.url, maxOpen: 1 });
    const connection = await pool.connect();
    await migratePostgres(connection);
    connection.release();
    await pool.end();
    await database.run(`
      create table people (
        id bigserial primary key, full_name text, email text not null unique, nickname varchar(100) unique,
        balance bigint, short_text varchar(5), seen_at timestamptz(6), created_at timestamptz(3),
        small_number smallint, sync_source text);
      create table notes (
        id bigint generated always as identity primary key, person_id bigint not null references people (id),
        title varchar(100));
      create table samples (
        id bigserial primary key, amount numeric(12, 4), ratio double precision, agreed boolean, met_at timestamp,
        born date, token uuid, settings jsonb, picture bytea, remark text, sync_source text);
      insert into people (email) values ('one@example.test');
      insert into notes (person_id, title) values (1, 'first');`);
    target = await createPostgresTarget({
      pool: { url: database.url, maxOpen: 1 },
      plan,
      epoch: 1,
      logOrigin: false,
    });
  });

  afterAll(async () => {
    await target?.close();
    await database?.drop();
  });

  const titleOfFirst = (): Promise<unknown> =>
    target.transaction(async ({ rows }) => (await rows.readForUpdate(notes, ['1'])).get('1')?.['title']);

  it('is read again at the next attempt at the latest', async () => {
    expect(await titleOfFirst()).toBe('first');
    await database.run('alter table notes alter column title type varchar(200)');
    const refusal = await titleOfFirst().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RowbridgeError);
    expect(refusal).toMatchObject({ code: 'statement_plan_stale' });
    expect(await titleOfFirst()).toBe('first');
  });
});
