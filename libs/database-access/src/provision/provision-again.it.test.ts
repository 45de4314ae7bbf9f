import { randomBytes } from 'node:crypto';
import { describeWithEngines, sharedEngineUrl } from '@rowbridge/testing';
import { createMysqlPool, createPostgresPool, type MysqlPool, type PostgresPool } from '../connection.js';
import { provisionMysql } from './mysql.js';
import { provisionPostgres, urlOfDatabase } from './postgres.js';

const run = randomBytes(4).toString('hex');
const user = (name: string) => ({ name: `${name}_${run}`, password: `${name}-password` });
const users = { captureUser: user('capture'), syncUser: user('sync'), applicationUser: user('application') };
/** Far more than provisioning takes where nothing is in its way, far less than a test may. */
const patience = { lockTimeoutMs: 2_000 };

describeWithEngines('provisioning PostgreSQL again', () => {
  const database = `again_${run}`;
  const provision = (): Promise<void> =>
    provisionPostgres({
      adminUrl: sharedEngineUrl('postgres'),
      database,
      schema: 'public',
      tables: ['legacy_users', 'legacy_posts', 'legacy_likes'],
      schemaFolders: ['legacy/postgres'],
      publication: 'rowbridge_again',
      ...users,
      ...patience,
    });
  let pool: PostgresPool;

  beforeAll(async () => {
    await provision();
    pool = createPostgresPool({ url: urlOfDatabase(sharedEngineUrl('postgres'), database) });
  });

  afterAll(async () => {
    await pool?.end();
    const admin = createPostgresPool({ url: sharedEngineUrl('postgres'), maxOpen: 1 });
    await admin.query(`drop database ${database} with (force)`);
    for (const { name } of Object.values(users)) await admin.query(`drop role ${name}`);
    await admin.end();
  });

  /** Does the work while another session has read and written every table and has not come to its end. */
  async function besideAnOpenTransaction(work: () => Promise<void>): Promise<void> {
    const open = await pool.connect();
    try {
      await open.query('begin');
      for (const table of ['legacy_users', 'legacy_posts', 'legacy_likes', 'rowbridge.schema_drift']) {
        await open.query(`select * from ${table}`);
        await open.query(`delete from ${table}`);
      }
      for (const table of ['rowbridge.heartbeat', 'rowbridge.second_looks', 'rowbridge.conflicts']) {
        await open.query(`delete from ${table}`);
      }
      await work();
    } finally {
      await open.query('rollback');
      open.release();
    }
  }

  it('waits for nobody, whatever transactions are open on the tables', async () => {
    await besideAnOpenTransaction(provision);
  });

  it('adds to tables of an earlier version what they lack', async () => {
    await pool.query('alter table legacy_posts drop column sync_source, replica identity default');
    await pool.query('alter table rowbridge.schema_drift drop column statement, drop column column_name');
    await provision();
    const { rows } = await pool.query(
      "select relreplident from pg_class where oid = 'legacy_posts'::regclass and relreplident = 'f'",
    );
    expect(rows).toHaveLength(1);
    await pool.query('select sync_source from legacy_posts');
    await pool.query('select statement, column_name from rowbridge.schema_drift');
  });

  it('gives up soon, and says what to do, where a table that is in use has to be changed', async () => {
    await pool.query('alter table legacy_likes drop column sync_source');
    await besideAnOpenTransaction(async () => {
      await expect(provision()).rejects.toMatchObject({
        code: 'lock_timeout',
        message: expect.stringMatching(/in use for 2 s.*wait for its end or end it, and run this again/s),
      });
    });
    await provision();
    await pool.query('select sync_source from legacy_likes');
  });
});

describeWithEngines('provisioning MariaDB again', () => {
  const database = `again_${run}`;
  const provision = (): Promise<void> =>
    provisionMysql({
      adminUrl: sharedEngineUrl('mariadb'),
      database,
      tables: ['revamp_users', 'revamp_posts', 'revamp_likes'],
      schemaFolders: ['revamp/{engine}'],
      ...users,
      ...patience,
    });
  let pool: MysqlPool;

  beforeAll(async () => {
    await provision();
    pool = createMysqlPool({ url: urlOfDatabase(sharedEngineUrl('mariadb'), database) });
  });

  afterAll(async () => {
    await pool?.end();
    const admin = createMysqlPool({ url: sharedEngineUrl('mariadb'), maxOpen: 1 });
    await admin.query(`drop database ${database}`);
    for (const { name } of Object.values(users)) await admin.query('drop user ?@?', [name, '%']);
    await admin.end();
  });

  async function besideAnOpenTransaction(work: () => Promise<void>): Promise<void> {
    const open = await pool.getConnection();
    try {
      await open.query('start transaction with consistent snapshot');
      for (const table of ['revamp_users', 'revamp_posts', 'revamp_likes']) {
        await open.query(`update ${table} set sync_source = null`);
      }
      await open.query('select * from rowbridge.schema_drift');
      await open.query(
        "insert into rowbridge.heartbeat (connector) values ('again') on duplicate key update beaten_at = now(6)",
      );
      await work();
    } finally {
      await open.query('rollback');
      open.release();
    }
  }

  it('waits for nobody, whatever transactions are open on the tables', async () => {
    await besideAnOpenTransaction(provision);
  });

  it('gives up soon, and says what to do, where a table that is in use has to be changed', async () => {
    await pool.query('alter table revamp_likes drop column sync_source');
    const open = await pool.getConnection();
    await open.query('start transaction');
    await open.query('select * from revamp_likes');
    await expect(provision()).rejects.toMatchObject({
      code: 'lock_timeout',
      message: expect.stringMatching(/in use for 2 s.*run this again/s),
    });
    await open.query('rollback');
    open.release();
    await provision();
    await pool.query('select sync_source from revamp_likes');
  });
});
