import { randomBytes } from 'node:crypto';
import { describeWithEngines, sharedEngineUrl } from '@rowbridge/testing';
import { createMysqlPool, createPostgresPool, type MysqlPool, type PostgresPool } from '../connection.js';
import { provisionMysql, type MysqlProvision } from './mysql.js';
import { provisionPostgres, urlOfDatabase, type PostgresProvision } from './postgres.js';

/** Names and passwords that only correct quoting survives; unique, since roles belong to the whole server. */
const run = randomBytes(4).toString('hex');
const user = (name: string): { name: string; password: string } => ({
  name: `it's "${name}" ${run}`,
  password: `p'a"s\\s%w${name}`,
});

function urlAs(
  adminUrl: string,
  database: string,
  { name, password }: { name: string; password: string },
): string {
  const url = new URL(urlOfDatabase(adminUrl, database));
  url.username = encodeURIComponent(name);
  url.password = encodeURIComponent(password);
  return url.toString();
}

describeWithEngines('provisioning PostgreSQL', () => {
  const provision = (): PostgresProvision => ({
    adminUrl: sharedEngineUrl('postgres'),
    database: `legacy "${run}"`,
    schema: 'public',
    tables: ['legacy_users', 'legacy_posts', 'legacy_likes'],
    schemaFolders: ['legacy/postgres'],
    publication: `rowbridge "${run}"`,
    captureUser: user('capture'),
    syncUser: user('sync'),
    applicationUser: user('application'),
  });
  const pools: PostgresPool[] = [];
  const as = (who: { name: string; password: string }): PostgresPool => {
    const pool = createPostgresPool({
      url: urlAs(sharedEngineUrl('postgres'), provision().database, who),
      maxOpen: 2,
    });
    pools.push(pool);
    return pool;
  };

  beforeAll(async () => {
    await provisionPostgres(provision());
    await provisionPostgres(provision());
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    const admin = createPostgresPool({ url: sharedEngineUrl('postgres'), maxOpen: 1 });
    await admin.query(`drop database "legacy ""${run}""" with (force)`);
    for (const name of ['capture', 'sync', 'application']) {
      await admin.query(`drop role "${user(name).name.replaceAll('"', '""')}"`);
    }
    await admin.end();
  });

  it('lets the application write its tables and nothing of ours', async () => {
    const application = as(user('application'));
    const { rows } = await application.query<{ id: string }>(
      "insert into legacy_users (username, email) values ('ada', 'ada@example.org') returning id",
    );
    await application.query('update legacy_users set full_name = $1 where id = $2', ['Ada', rows[0]?.id]);
    await expect(application.query('select * from rowbridge.heartbeat')).rejects.toMatchObject({
      code: '42501',
    });
    await expect(application.query("select pg_replication_origin_create('theirs')")).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('lets capture read and beat, and write nothing else', async () => {
    const capture = as(user('capture'));
    await capture.query('select * from legacy_users');
    await capture.query(
      "insert into rowbridge.heartbeat values ('one', now()) on conflict (connector) do update set beaten_at = now()",
    );
    await expect(capture.query('delete from legacy_users')).rejects.toMatchObject({ code: '42501' });
    await expect(capture.query('create table public.mine (id int)')).rejects.toMatchObject({ code: '42501' });
    const slot = `test_${run}`;
    await capture.query('select pg_create_logical_replication_slot($1, $2)', [slot, 'pgoutput']);
    await capture.query('select pg_drop_replication_slot($1)', [slot]);
  });

  it('lets sync write rows under an origin of its own and keep its books', async () => {
    const sync = as(user('sync'));
    const connection = await sync.connect();
    const origin = `test_${run}`;
    try {
      await connection.query('select pg_replication_origin_create($1)', [origin]);
      await connection.query('select pg_replication_origin_session_setup($1)', [origin]);
      await connection.query("insert into legacy_users (username, email) values ('bob', 'bob@example.org')");
      await connection.query(
        'create table rowbridge.partition_of_a_day (id int); drop table rowbridge.partition_of_a_day',
      );
      await connection.query('delete from rowbridge.heartbeat');
      await connection.query('select pg_replication_origin_session_reset()');
      await connection.query('select pg_replication_origin_drop($1)', [origin]);
      await expect(connection.query('alter table legacy_users add column mine int')).rejects.toMatchObject({
        code: '42501',
      });
    } finally {
      connection.release();
    }
  });

  it('publishes the tables and the heartbeat, and nothing else', async () => {
    const { rows } = await as(user('capture')).query<{ name: string }>(
      `select schemaname || '.' || tablename as name from pg_publication_tables where pubname = $1 order by 1`,
      [provision().publication],
    );
    expect(rows.map(({ name }) => name)).toEqual([
      'public.legacy_likes',
      'public.legacy_posts',
      'public.legacy_users',
      'rowbridge.heartbeat',
    ]);
  });
});

describeWithEngines('provisioning MariaDB', () => {
  const database = `revamp_${run}`;
  const provision = (): MysqlProvision => ({
    adminUrl: sharedEngineUrl('mariadb'),
    database,
    tables: ['revamp_users', 'revamp_posts', 'revamp_likes'],
    schemaFolders: ['revamp/{engine}'],
    captureUser: user('capture'),
    syncUser: user('sync'),
    applicationUser: user('application'),
  });
  const pools: MysqlPool[] = [];
  const as = (who: { name: string; password: string }): MysqlPool => {
    const pool = createMysqlPool({ url: urlAs(sharedEngineUrl('mariadb'), database, who), maxOpen: 2 });
    pools.push(pool);
    return pool;
  };

  beforeAll(async () => {
    await provisionMysql(provision());
    await provisionMysql(provision());
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    const admin = createMysqlPool({ url: sharedEngineUrl('mariadb'), maxOpen: 1 });
    await admin.query(`drop database ${database}`);
    for (const name of ['capture', 'sync', 'application'])
      await admin.query('drop user ?@?', [user(name).name, '%']);
    await admin.end();
  });

  it('lets the application write its tables and nothing of ours', async () => {
    const application = as(user('application'));
    await application.query(
      "insert into revamp_users (user_name, email_address) values ('ada', 'ada@example.org')",
    );
    await expect(application.query('select * from rowbridge.heartbeat')).rejects.toMatchObject({
      errno: 1142,
    });
    await expect(application.query('set session server_id = 77')).rejects.toMatchObject({ errno: 1227 });
  });

  it('lets capture read and beat, and write nothing else', async () => {
    const capture = as(user('capture'));
    await capture.query('select * from revamp_users');
    await capture.query('show master status');
    await capture.query(
      "insert into rowbridge.heartbeat (connector) values ('one') on duplicate key update beaten_at = now(6)",
    );
    await expect(capture.query('delete from revamp_users')).rejects.toMatchObject({ errno: 1142 });
    await expect(capture.query('create table mine (id int)')).rejects.toMatchObject({ errno: 1142 });
  });

  it('lets sync mark its writes in the log and keep its books', async () => {
    const connection = await as(user('sync')).getConnection();
    try {
      await connection.query('set session server_id = 77');
      await connection.query(
        "insert into revamp_users (user_name, email_address) values ('bob', 'bob@example.org')",
      );
      await connection.query('show master status');
      await connection.query(`create table rowbridge.day_${run} (id int)`);
      await connection.query(`drop table rowbridge.day_${run}`);
      await expect(connection.query('alter table revamp_users add column mine int')).rejects.toMatchObject({
        errno: 1142,
      });
      await expect(connection.query('set global server_id = 77')).rejects.toMatchObject({ errno: 1227 });
    } finally {
      connection.release();
    }
  });

  it('keeps e-mail addresses apart that differ in case or by a space, as PostgreSQL does', async () => {
    const application = as(user('application'));
    for (const address of ['same@example.org', 'Same@example.org', 'same@example.org ']) {
      await application.query('insert into revamp_users (user_name, email_address) values (?, ?)', [
        'x',
        address,
      ]);
    }
    await expect(
      application.query(
        "insert into revamp_users (user_name, email_address) values ('x', 'same@example.org')",
      ),
    ).rejects.toMatchObject({ errno: 1062 });
  });
});
