import { contractPlan, describeWriterContract } from '@rowbridge/writer-contract';
import type { ContractHarness } from '@rowbridge/writer-contract';
import { createPostgresPool } from '@rowbridge/database-access';
import { createDatabase, describeWithEngines } from '@rowbridge/testing';
import { migratePostgres } from './migrate.js';
import { createPostgresTarget } from './postgres-target.js';

const contractTables = `
  create table people (
    id bigserial primary key, full_name text, email text not null unique, nickname varchar(100) unique,
    balance bigint, short_text varchar(5), seen_at timestamptz(6), created_at timestamptz(3),
    small_number smallint, sync_source text, unmapped text default 'kept');
  create table notes (
    id bigint generated always as identity primary key, person_id bigint not null references people (id), title text);
  create table samples (
    id bigserial primary key, amount numeric(12, 4), ratio double precision, agreed boolean, met_at timestamp,
    born date, token uuid, settings jsonb, picture bytea, remark text, sync_source text);
  create table removal_history (person_id bigint, last_stamp text);
  create function note_removal() returns trigger language plpgsql as
    $$ begin insert into removal_history values (old.id, old.sync_source); return old; end $$;
  create trigger note_removal before delete on people for each row execute function note_removal();`;

async function createHarness(): Promise<ContractHarness> {
  const database = await createDatabase('postgres');
  const pool = createPostgresPool({ url: database.url, maxOpen: 1 });
  const connection = await pool.connect();
  await migratePostgres(connection);
  await migratePostgres(connection);
  connection.release();
  await database.run(contractTables);
  const clock = { nowMs: 1_000 };
  const target = await createPostgresTarget({
    // A server has ten origins for all its sessions.
    pool: { url: database.url, maxOpen: 2 },
    plan: contractPlan('postgres', 'public'),
    epoch: 1,
    logOrigin: true,
    ledgerRetentionHours: 24,
    now: () => clock.nowMs,
  });
  return {
    target,
    clock,
    ledgerRetentionHours: 24,
    instants: { latest: '9999-12-31T23:59:59.999999Z', refused: [] },
    holdsNulCharacter: false,
    execute: async (statement) => (await pool.query<Record<string, string | null>>(statement)).rows,
    close: async () => {
      await target.close();
      await pool.end();
      await database.drop();
    },
  };
}

describeWithEngines('writing PostgreSQL', () => {
  describeWriterContract('PostgreSQL', createHarness);
});
