import { createPostgresPool, type PostgresPool } from '@rowbridge/database-access';
import type { TargetTransaction } from '@rowbridge/pipeline';
import { createDatabase, describeWithEngines, waitFor, type TestDatabase } from '@rowbridge/testing';
import { contractDirection, contractPlan } from '@rowbridge/writer-contract';
import { migratePostgres } from './migrate.js';
import { createPostgresTarget, type PostgresTarget } from './postgres-target.js';

const rowsThere = 20_000;
const batchKeys = 500;

/** A table just filled, that the server knows nothing of yet: as after a snapshot, or in the middle of a large one. */
const unanalysedTables = `
  create table people (
    id bigserial primary key, full_name text, email text not null unique, nickname varchar(100) unique,
    balance bigint, short_text varchar(5), seen_at timestamptz(6), created_at timestamptz(3),
    small_number smallint, sync_source text) with (autovacuum_enabled = off);
  create table notes (
    id bigint generated always as identity primary key, person_id bigint not null references people (id), title text);
  create table samples (
    id bigserial primary key, amount numeric(12, 4), ratio double precision, agreed boolean, met_at timestamp,
    born date, token uuid, settings jsonb, picture bytea, remark text, sync_source text);
  alter table rowbridge.row_versions set (autovacuum_enabled = off);
  alter table rowbridge.entity_mappings set (autovacuum_enabled = off);
  alter table rowbridge.second_looks set (autovacuum_enabled = off);
  insert into people (full_name, email) select 'Person', number || '@example.test'
    from generate_series(1, ${rowsThere}) number;
  insert into rowbridge.row_versions (direction, table_name, row_key, deleted, generation)
    select '${contractDirection}', 'people', number, false, 0 from generate_series(1, ${rowsThere}) number;
  insert into rowbridge.entity_mappings (entity, source_id, target_id)
    select 'person', number, number from generate_series(1, ${rowsThere}) number;
  insert into rowbridge.second_looks (direction, table_name, row_key, reason, blocked, phase, due_at_ms, attempts,
    first_seen_ms)
    select '${contractDirection}', 'people', number, 'values_differ', false, 'listed', 0, 0, 0
    from generate_series(1, ${rowsThere}) number;`;

const plan = contractPlan('postgres', 'public');
const people = plan.tables.find(({ entity }) => entity === 'person') as (typeof plan.tables)[number];
const keys = Array.from({ length: batchKeys }, (_unused, index) => String(index * 7 + 1));

describeWithEngines('a batch in a large PostgreSQL table without statistics', () => {
  let database: TestDatabase;
  let pool: PostgresPool;
  let target: PostgresTarget;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    pool = createPostgresPool({ url: database.url, maxOpen: 1 });
    const connection = await pool.connect();
    await migratePostgres(connection);
    connection.release();
    await database.run(unanalysedTables);
    target = await openTarget();
  });

  afterAll(async () => {
    await target?.close();
    await pool?.end();
    await database?.drop();
  });

  /** Rows the server has taken up, by scans and by index, in all tables of ours. */
  async function rowsTouched(): Promise<number> {
    const { rows } = await pool.query<{ touched: string }>(
      `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) as touched from pg_stat_user_tables`,
    );
    return Number(rows[0]?.touched);
  }

  const openTarget = (): Promise<PostgresTarget> =>
    createPostgresTarget({ pool: { url: database.url, maxOpen: 1 }, plan, epoch: 1, logOrigin: false });

  async function touchedBy(work: (transaction: TargetTransaction) => Promise<unknown>): Promise<number> {
    const before = await rowsTouched();
    await target.transaction(work);
    // The server counts a session's rows when that ends at the latest, all at once.
    await target.close();
    target = await openTarget();
    return waitFor(async () => (await rowsTouched()) - before || undefined, {
      what: 'the server to count the rows',
      deadlineMs: 10_000,
    });
  }

  it.each<[string, (transaction: TargetTransaction) => Promise<unknown>]>([
    ['what is known of its keys', ({ keys: register }) => register.read(people, keys)],
    ['the twins of its keys', ({ identities }) => identities.resolve('person', keys)],
    ['the keys of its twins', ({ identities }) => identities.resolveReverse('person', keys)],
    ['its rows, locked', ({ rows }) => rows.readForUpdate(people, keys)],
    [
      'who holds its unique values',
      ({ rows }) =>
        rows.findHolders(
          people,
          ['email'],
          keys.map((key) => [`${key}@example.test`]),
        ),
    ],
    [
      'the looks it moves on',
      async ({ looks }) => looks.save(people, await looks.takeDue(people, { nowMs: 1, limit: 100 })),
    ],
    ['the looks it closes', ({ looks }) => looks.close(people, keys.slice(0, 100))],
    [
      'the links it replaces',
      ({ identities }) =>
        identities.link(
          'person',
          keys.map((key) => ({ sourceKey: key, targetKey: `${key}0000000` })),
        ),
    ],
  ])('reads %s and no other row', async (_what, work) => {
    expect(await touchedBy(work)).toBeLessThan(batchKeys * 8);
  });
});
