import { createMysqlSource } from '@rowbridge/database-access';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import { createDatabase, describeWithEngines } from '@rowbridge/testing';
import type { TestDatabase } from '@rowbridge/testing';
import { contractPlan } from '@rowbridge/writer-contract';
import { migrateMysql } from './migrate.js';
import { createMysqlTarget } from './mysql-target.js';
import type { MysqlTarget } from './mysql-target.js';
import { defaultLogOriginServerId } from './mark-writes.js';

const table = `create table people (
  id bigint auto_increment primary key, full_name text, email varchar(200) not null unique, nickname text,
  balance bigint, short_text text, seen_at timestamp(6) null, created_at timestamp(6) null, small_number smallint,
  name_length int generated always as (char_length(email)) stored, sync_source text) default character set utf8mb4`;

describeWithEngines('a MariaDB target', () => {
  let database: TestDatabase;
  let plan: DirectionPlan;
  let people: TablePlan;
  const opened: MysqlTarget[] = [];
  const open = async (more: Partial<Parameters<typeof createMysqlTarget>[0]> = {}): Promise<MysqlTarget> => {
    const pool = { url: database.url, maxOpen: 2 };
    const target = await createMysqlTarget({ pool, plan, epoch: 1, logOrigin: true, ...more });
    opened.push(target);
    return target;
  };

  beforeAll(async () => {
    database = await createDatabase('mariadb');
    await migrateMysql(database.url);
    await database.run(table);
    const whole = contractPlan('mysql', database.name);
    people = whole.tables[0] as TablePlan;
    plan = { ...whole, name: `${database.name}-sync`, tables: [people] };
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((target) => target.close()));
  });
  afterAll(() => database.drop());

  const insert = (target: MysqlTarget, email: string): Promise<readonly string[]> =>
    target.transaction(({ rows }) => rows.insert(people, [{ key: null, values: { email }, stamp: null }]));

  it.each([
    ['an own server id', true],
    ['the server’s, when the guard is off', false],
  ])('I4: rows are logged under %s, and their transaction under the server’s', async (_title, logOrigin) => {
    const target = await open({ logOrigin });
    const [status] = await database.run('show master status');
    const [server] = await database.run('select @@global.server_id as id');
    const own = Number(server?.['id']);
    const [key = ''] = await insert(target, `origin-${String(logOrigin)}@example.org`);
    await target.transaction(({ rows }) =>
      rows.update(people, [
        { key, values: { email: `moved-${String(logOrigin)}@example.org` }, stamp: null },
      ]),
    );
    await target.transaction(({ rows }) => rows.remove(people, [{ key, stamp: 'removed' }]));
    const events = await database.run(
      `show binlog events in '${String(status?.['File'])}' from ${String(status?.['Position'])}`,
    );
    const serverIdsOf = (types: RegExp): readonly number[] =>
      events
        .filter(({ Event_type: type, Info: info }) => types.test(`${String(type)} ${String(info)}`))
        .map(({ Server_id: serverId }) => Number(serverId));
    const rowsUnder = logOrigin ? defaultLogOriginServerId : own;
    expect(serverIdsOf(new RegExp(`^Table_map .*${database.name}`))).toEqual(Array(4).fill(rowsUnder));
    expect(new Set(serverIdsOf(/^(?:Gtid|Xid) /))).toEqual(new Set([own]));
    expect(new Set(serverIdsOf(/^Table_map .*\(rowbridge\./))).not.toContain(defaultLogOriginServerId);
  });

  it('I2: a connection cut in the middle of a batch leaves nothing, is told as lost, and is replaced', async () => {
    const target = await open();
    const email = 'cut@example.org';
    const cut = target.transaction(async ({ rows }) => {
      await rows.insert(people, [{ key: null, values: { email }, stamp: null }]);
      const sessions = await database.run(
        `select id from information_schema.processlist where db = '${database.name}' and id <> connection_id()`,
      );
      for (const { id: session } of sessions) await database.run(`kill ${String(session)}`);
      await rows.update(people, [{ key: '1', values: { email: 'other@example.org' }, stamp: null }]);
    });
    await expect(cut).rejects.toMatchObject({ disposition: 'pause_partition' });
    expect(await database.run(`select 1 as found from people where email = '${email}'`)).toEqual([]);
    await insert(target, email);
    expect(await database.run(`select 1 as found from people where email = '${email}'`)).toHaveLength(1);
  });

  it('refuses a mapping that writes a computed column', async () => {
    const wrong = people.columns.map((column) =>
      column.target === 'small_number' ? { ...column, target: 'name_length' } : column,
    );
    await expect(open({ plan: { ...plan, tables: [{ ...people, columns: wrong }] } })).rejects.toMatchObject({
      message: expect.stringContaining('people.name_length is computed by the database') as string,
      disposition: 'invalid_configuration',
    });
  });

  it('a source reads rows, twins and the end of its log without locking anything', async () => {
    const target = await open();
    const [key] = await insert(target, 'source@example.org');
    const entity = `person of ${database.name}`;
    await target.transaction(({ identities }) =>
      identities.link(entity, [{ sourceKey: 'theirs', targetKey: key as string }]),
    );
    const mirrored = { ...people, source: people.target };
    const pool = { url: database.url };
    const source = await createMysqlSource({ pool, plan: { ...plan, tables: [mirrored] }, epoch: 1 });
    try {
      await target.transaction(async ({ rows }) => {
        await rows.readForUpdate(people, [key as string]);
        const found = await source.readRows(mirrored, [key as string, '99']);
        expect(found.get(key as string)).toMatchObject({ email: 'source@example.org', full_name: null });
        expect(found.size).toBe(1);
      });
      expect(await source.readPeerIdentities(entity, [key as string])).toEqual(new Map([[key, 'theirs']]));
      expect(await source.readPeerIdentitiesReverse(entity, ['theirs'])).toEqual(new Map([['theirs', key]]));
      const before = await source.readLogEnd();
      await insert(target, 'later@example.org');
      expect((await source.readLogEnd()) > before).toBe(true);
    } finally {
      await source.close();
    }
  });
});
