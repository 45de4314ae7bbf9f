import { randomBytes } from 'node:crypto';
import { createDatabase, describeWithEngines, sharedEngineUrl, type TestDatabase } from '@rowbridge/testing';
import { createPostgresPool, type PostgresPool } from '../connection.js';
import { preflightPostgres } from './postgres-preflight.js';
import { requireRights, type NeededRights } from './require-rights.js';

const token = randomBytes(4).toString('hex');
const capture = `capture_${token}`;
const sync = `sync_${token}`;
const owner = `owner_${token}`;

function urlAs(url: string, user: string): string {
  const own = new URL(url);
  [own.username, own.password] = [user, 'x'];
  return own.toString();
}

describeWithEngines('row security in PostgreSQL', () => {
  let database: TestDatabase;
  let admin: PostgresPool;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    admin = createPostgresPool({ url: database.url, maxOpen: 1 });
    await database.run(`
      create role ${capture} login replication; create role ${sync} login password 'x'; create role ${owner};
      create schema rowbridge; create table rowbridge.heartbeat (connector text primary key);
      create table notes (id bigint primary key, tenant text, sync_source text);
      create table open_notes (id bigint primary key, tenant text, sync_source text);
      alter table notes owner to ${owner};
      alter table notes replica identity full; alter table open_notes replica identity full;
      insert into notes values (1, 'a'), (2, 'b');
      create policy of_tenant on notes using (tenant = 'a');
      alter table notes enable row level security;
      grant select, insert, update, delete on notes, open_notes to ${capture}, ${sync};
      create publication shop for table notes, open_notes, rowbridge.heartbeat`);
  });
  afterEach(() =>
    database.run(`alter role ${capture} nobypassrls; alter role ${sync} nobypassrls;
      revoke ${owner} from ${capture}; alter table notes no force row level security`),
  );
  afterAll(async () => {
    await admin.end();
    await database.drop();
    const server = createPostgresPool({ url: sharedEngineUrl('postgres'), maxOpen: 1 });
    await server.query(`drop role ${capture}, ${sync}, ${owner}`);
    await server.end();
  });

  const preflight = async (): Promise<{ named: string; howToFix: string }[]> =>
    (
      await preflightPostgres(admin, {
        tables: ['notes', 'open_notes'].map((table) => ({
          schema: 'public',
          table,
          twoWay: true,
          mappedColumns: ['id', 'tenant'],
          timestampColumns: [],
        })),
        captureUser: capture,
        publication: 'shop',
        slot: 'shop_slot',
        sourceColumnGuard: true,
        logOriginGuard: true,
      })
    ).map(({ check, table = '', howToFix }) => ({ named: `${check} ${table}`, howToFix }));
  const needed = ['notes', 'open_notes'].map((table): NeededRights => ({
    schema: 'public',
    table,
    column: 'id',
    rights: ['select', 'update'],
  }));

  it('I8: preflight refuses a table of which the capture role does not see every row, and says what to run', async () => {
    const findings = await preflight();
    expect(findings.map(({ named }) => named)).toEqual(['row_security public.notes']);
    await database.run(findings[0]?.howToFix ?? '');
    expect(await preflight()).toEqual([]);
  });

  it('preflight lets a member of the owner capture, until row security is forced', async () => {
    await database.run(`grant ${owner} to ${capture}`);
    expect(await preflight()).toEqual([]);
    await database.run('alter table notes force row level security');
    expect(await preflight()).toHaveLength(1);
  });

  it('a direction whose user does not see every row does not start, and is told what to run', async () => {
    const settings = { url: urlAs(database.url, sync) };
    await expect(requireRights(settings, needed)).rejects.toMatchObject({
      code: 'preflight_failed',
      details: { missing: 'bypassrls, for row security on "public"."notes"' },
      whatToDo: expect.stringContaining(`alter role "${sync}" bypassrls`) as string,
    });
    await database.run(`alter role ${sync} bypassrls`);
    await requireRights(settings, needed);
  });

  it('a pool is refused, rather than shown some of the rows', async () => {
    const pool = createPostgresPool({ url: urlAs(database.url, sync), maxOpen: 1 });
    try {
      await expect(pool.query('select id from notes')).rejects.toMatchObject({ code: '42501' });
      expect((await pool.query('select id from open_notes')).rows).toEqual([]);
    } finally {
      await pool.end();
    }
  });
});
