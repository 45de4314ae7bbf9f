import { createMysqlPool } from '@rowbridge/database-access';
import { mysql8UnavailableBecause } from '@rowbridge/embedded-stack';
import { createDatabase, createEngineProvider, describeWithEngines } from '@rowbridge/testing';
import { contractPlan, describeWriterContract } from '@rowbridge/writer-contract';
import type { ContractHarness } from '@rowbridge/writer-contract';
import { migrateMysql } from './migrate.js';
import { createMysqlTarget } from './mysql-target.js';

const contractTables = [
  `create table people (
    id bigint auto_increment primary key, full_name text, email varchar(200) collate utf8mb4_bin not null unique,
    nickname varchar(100) unique, balance bigint, short_text varchar(5), seen_at timestamp(6) null,
    created_at timestamp(3) null, small_number smallint, sync_source text, unmapped varchar(10) default 'kept'
  ) engine = InnoDB default character set utf8mb4 collate utf8mb4_general_ci`,
  `create table notes (
    id bigint auto_increment primary key, person_id bigint not null, title varchar(200),
    foreign key (person_id) references people (id)
  ) engine = InnoDB default character set utf8mb4`,
  `create table samples (
    id bigint auto_increment primary key, amount decimal(12, 4), ratio double, agreed boolean, met_at datetime(6),
    born date, token char(36), settings json, picture blob, remark longtext, sync_source text
  ) engine = InnoDB default character set utf8mb4`,
  'create table removal_history (person_id bigint, last_stamp text) engine = InnoDB default character set utf8mb4',
  `create trigger note_removal before delete on people
    for each row insert into removal_history values (old.id, old.sync_source)`,
];

// The bookkeeping is one database a server, and its ledger loses days here: a server of this suite's own.
const provider = createEngineProvider();

async function createHarness(flavor: 'mariadb' | 'mysql8'): Promise<ContractHarness> {
  const server = await provider.mysql({ flavor });
  const database = await createDatabase('mariadb', { serverUrl: server.url });
  await migrateMysql(database.url);
  await migrateMysql(database.url);
  for (const statement of contractTables) await database.run(statement);
  const pool = createMysqlPool({ url: database.url, maxOpen: 1 });
  const clock = { nowMs: 1_000 };
  const target = await createMysqlTarget({
    pool: { url: database.url, maxOpen: 4 },
    plan: contractPlan('mysql', database.name),
    epoch: 1,
    logOrigin: flavor === 'mariadb',
    ledgerRetentionHours: 24,
    now: () => clock.nowMs,
  });
  return {
    target,
    clock,
    ledgerRetentionHours: 24,
    instants: {
      latest: '2038-01-19T03:14:07.999999Z',
      refused: ['2038-01-19T03:14:08.000000Z', '1970-01-01T00:00:00.000000Z', 'infinity'],
    },
    holdsNulCharacter: true,
    execute: async (statement) => {
      const [rows] = await pool.query(statement);
      return Array.isArray(rows) ? (rows as Record<string, string | null>[]) : [];
    },
    close: async () => {
      await target.close();
      await pool.end();
      await database.drop();
    },
  };
}

/** A skipped suite still has to hold a test. */
function describeNothing(): void {
  it('is not run', () => undefined);
}

describeWithEngines('writing MySQL and MariaDB', () => {
  afterAll(() => provider.stop());
  describeWriterContract('MariaDB', () => createHarness('mariadb'));
  const mysql8Refusal = provider.name === 'embedded' ? mysql8UnavailableBecause() : undefined;
  if (mysql8Refusal === undefined) describeWriterContract('MySQL 8', () => createHarness('mysql8'));
  else describe.skip(`the writer contract on MySQL 8 (skipped, ${mysql8Refusal})`, () => describeNothing());
});
