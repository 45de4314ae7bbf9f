import { createPostgresPool, createPostgresSource } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import { createDatabase, describeWithEngines } from '@rowbridge/testing';
import type { TestDatabase } from '@rowbridge/testing';
import { contractPlan } from '@rowbridge/writer-contract';
import { migratePostgres } from './migrate.js';
import { createPostgresTarget } from './postgres-target.js';
import type { PostgresTarget } from './postgres-target.js';

const whole = contractPlan('postgres', 'public');
const people = whole.tables[0] as TablePlan;

const tables = `
  create table people (
    id bigserial primary key, full_name text, email text not null unique, nickname text, balance bigint,
    short_text text, seen_at timestamptz, created_at timestamptz, small_number smallint, sync_source text);
  create table keyless (like people);
  create publication people for table people;`;

describeWithEngines('a PostgreSQL target', () => {
  let database: TestDatabase;
  // Origins are the whole server's: a direction of this suite's own keeps them apart.
  let plan: DirectionPlan;
  const opened: PostgresTarget[] = [];
  const open = async (
    more: Partial<Parameters<typeof createPostgresTarget>[0]> = {},
  ): Promise<PostgresTarget> => {
    const target = await createPostgresTarget({
      pool: { url: database.url, maxOpen: 2 },
      plan,
      epoch: 1,
      logOrigin: true,
      ...more,
    });
    opened.push(target);
    return target;
  };

  beforeAll(async () => {
    database = await createDatabase('postgres');
    plan = { ...whole, name: database.name, tables: [people] };
    const pool = createPostgresPool({ url: database.url, maxOpen: 1 });
    const connection = await pool.connect();
    await migratePostgres(connection);
    connection.release();
    await pool.end();
    await database.run(tables);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((target) => target.close()));
  });
  afterAll(() => database.drop());

  const insert = (target: PostgresTarget, email: string): Promise<readonly string[]> =>
    target.transaction(({ rows }) => rows.insert(people, [{ key: null, values: { email }, stamp: null }]));

  it.each([
    ['leaves nothing for a connector that takes no origin', true, ['application']],
    ['is seen by such a connector when the guard is off', false, ['application', 'sync']],
  ])('I4: a write under log origin %s', async (_title, logOrigin, seen) => {
    const target = await open({ logOrigin });
    const slot = `origin_${logOrigin ? 'on' : 'off'}`;
    await database.run(`select pg_create_logical_replication_slot('${slot}', 'pgoutput')`);
    await insert(target, `sync-${slot}@example.org`);
    await database.run(`insert into people (email) values ('application-${slot}@example.org')`);
    const changes = await database.run(
      `select encode(data, 'escape') as message from pg_logical_slot_get_binary_changes('${slot}', null, null,
         'proto_version', '1', 'publication_names', 'people', 'origin', 'none')`,
    );
    const writers = changes
      .flatMap(({ message }) => /(application|sync)-origin/.exec(String(message))?.[1] ?? [])
      .sort();
    expect(writers).toEqual(seen);
  });

  it('gives each connection an origin of its own, and frees it with the connection', async () => {
    const leased = 2;
    const targets = await Promise.all(Array.from({ length: leased }, () => open()));
    const emails = ['one@example.org', 'two@example.org'];
    await Promise.all(targets.map((target, index) => insert(target, emails[index] as string)));
    await Promise.all(opened.splice(0).map((target) => target.close()));
    await insert(await open(), 'three@example.org');
    const [row] = await database.run(
      `select count(*) as origins from pg_replication_origin where roname like 'rowbridge_${database.name}_%'`,
    );
    expect(Number(row?.['origins'])).toBe(leased);
  });

  it('I2: a connection cut in the middle of a batch leaves nothing, is told as lost, and is replaced', async () => {
    const target = await open();
    const email = 'cut@example.org';
    const cut = target.transaction(async ({ rows }) => {
      await rows.insert(people, [{ key: null, values: { email }, stamp: null }]);
      await database.run(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity
         where datname = current_database() and application_name like 'rowbridge-%'`,
      );
      await rows.update(people, [{ key: '1', values: { email: 'other@example.org' }, stamp: null }]);
    });
    await expect(cut).rejects.toMatchObject({ disposition: 'pause_partition' });
    expect(await database.run(`select 1 as found from people where email = '${email}'`)).toEqual([]);
    await insert(target, email);
    expect(await database.run(`select 1 as found from people where email = '${email}'`)).toHaveLength(1);
  });

  it.each([
    [
      'a table that does not exist',
      { target: { ...people.target, table: 'persons' } },
      'public.persons does not exist',
    ],
    ['a table without primary key', { target: { ...people.target, table: 'keyless' } }, 'has no primary key'],
    [
      'another primary key',
      { target: { ...people.target, key: ['email'], keyTypes: ['text' as const] } },
      'the primary key of public.people is (id)',
    ],
    [
      'a column that does not exist',
      { columns: people.columns.map((column) => ({ ...column, target: `${column.target}x` })) },
      'no column "full_namex"; it has id, full_name',
    ],
    [
      'a column of another type',
      { columns: people.columns.map((column) => ({ ...column, type: 'date' as const })) },
      'public.people.full_name is text, the mapping declares date; it can be text',
    ],
  ])('refuses %s, saying what is there', async (_title, change, message) => {
    const wrong = open({ plan: { ...plan, tables: [{ ...people, ...change }] } });
    await expect(wrong).rejects.toBeInstanceOf(RowbridgeError);
    await expect(wrong).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      disposition: 'invalid_configuration',
    });
  });

  it('a source reads rows, twins and the end of its log without locking anything', async () => {
    const target = await open();
    const [key] = await insert(target, 'source@example.org');
    await target.transaction(({ identities }) =>
      identities.link('person', [{ sourceKey: 'theirs', targetKey: key as string }]),
    );
    const mirrored = { ...people, source: people.target, columns: people.columns };
    const source = await createPostgresSource({
      pool: { url: database.url },
      plan: { ...plan, tables: [mirrored] },
      epoch: 1,
    });
    try {
      await target.transaction(async ({ rows }) => {
        await rows.readForUpdate(people, [key as string]);
        const found = await source.readRows(mirrored, [key as string, '99']);
        expect(found.get(key as string)).toMatchObject({ email: 'source@example.org', full_name: null });
        expect(found.size).toBe(1);
      });
      expect(await source.readPeerIdentities('person', [key as string])).toEqual(new Map([[key, 'theirs']]));
      expect(await source.readPeerIdentitiesReverse('person', ['theirs'])).toEqual(
        new Map([['theirs', key]]),
      );
      const before = await source.readLogEnd();
      await insert(target, 'later@example.org');
      expect((await source.readLogEnd()) > before).toBe(true);
    } finally {
      await source.close();
    }
  });
});
