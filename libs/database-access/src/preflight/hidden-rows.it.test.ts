import { randomBytes } from 'node:crypto';
import { mysql8UnavailableBecause } from '@rowbridge/embedded-stack';
import {
  createDatabase,
  createEngineProvider,
  describeWithEngines,
  sharedEngineUrl,
  type TestDatabase,
} from '@rowbridge/testing';
import { createMysqlPool, createPostgresPool, type MysqlPool, type PostgresPool } from '../connection.js';
import type { CaptureRequirements, PreflightFinding } from './capture-requirements.js';
import { preflightMysql } from './mysql-preflight.js';
import { preflightPostgres } from './postgres-preflight.js';
import { requireRights } from './require-rights.js';

const role = `capture_${randomBytes(4).toString('hex')}`;

const requirementsOf = (schema: string, table: string, twoWay = true): CaptureRequirements => ({
  tables: [{ schema, table, twoWay, mappedColumns: ['id'], timestampColumns: [] }],
  captureUser: role,
  sourceColumnGuard: false,
  logOriginGuard: false,
});

function named(findings: readonly PreflightFinding[]): string[] {
  return findings.map(({ check, table }) => (table === undefined ? check : `${check} ${table}`));
}

describeWithEngines('what a PostgreSQL publication and partitions leave out', () => {
  let database: TestDatabase;
  let pool: PostgresPool;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    pool = createPostgresPool({ url: database.url, maxOpen: 1 });
    await database.run(`
      create role ${role} login replication;
      create schema rowbridge; create table rowbridge.heartbeat (connector text primary key);
      create table letters (id bigint primary key, folder text);
      alter table letters replica identity full;
      create table parts (id bigint primary key) partition by range (id);
      alter table parts replica identity full;
      create table parts_low partition of parts for values from (0) to (100);
      create table "Parts high" partition of parts for values from (100) to (200) partition by range (id);
      create table parts_highest partition of "Parts high" for values from (100) to (200);
      grant select on letters, parts to ${role};
      create publication shop for table letters where (id > 0 and folder = 'inbox'), parts, rowbridge.heartbeat`);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
    const admin = createPostgresPool({ url: sharedEngineUrl('postgres'), maxOpen: 1 });
    await admin.query(`drop role ${role}`);
    await admin.end();
  });

  const preflight = (table: string, twoWay = true): Promise<readonly PreflightFinding[]> =>
    preflightPostgres(pool, {
      ...requirementsOf('public', table, twoWay),
      publication: 'shop',
      slot: 'shop_slot',
    });

  it('I1: refuses a publication that sends some of the rows alone, and says what to run', async () => {
    const findings = await preflight('letters');
    expect(named(findings)).toEqual(['publication public.letters']);
    expect(findings[0]?.found).not.toContain('inbox');
    await database.run(findings[0]?.howToFix ?? '');
    expect(await preflight('letters')).toEqual([]);
  });

  it('I8: refuses partitions that do not log whole rows where changes flow both ways, and says what to run', async () => {
    const [asPartitions, ...rest] = await preflight('parts');
    expect([asPartitions?.check, named(rest)]).toEqual(['publication', ['replica_identity public.parts']]);
    await database.run(asPartitions?.howToFix ?? '');
    const findings = await preflight('parts');
    expect(named(findings)).toEqual(['replica_identity public.parts']);
    expect(findings[0]?.found).toContain('public.parts_highest, public.parts_low');
    expect(await preflight('parts', false)).toEqual([]);
    await database.run(findings[0]?.howToFix ?? '');
    expect(await preflight('parts')).toEqual([]);
  });

  it('I8: refuses a partition whose log does not name the key of a row that is changed', async () => {
    await database.run('alter table parts_low replica identity nothing');
    const findings = await preflight('parts', false);
    expect(named(findings)).toEqual(['replica_identity public.parts']);
    await database.run(findings[0]?.howToFix ?? '');
    expect(await preflight('parts', false)).toEqual([]);
  });
});

const provider = createEngineProvider();
afterAll(() => provider.stop());
const mysql8Refusal = provider.name === 'embedded' ? mysql8UnavailableBecause() : undefined;
const flavors: readonly ('mariadb' | 'mysql8')[] =
  mysql8Refusal === undefined ? ['mariadb', 'mysql8'] : ['mariadb'];

describe.each(flavors)('what a server leaves out (%s)', (flavor) => {
  describeWithEngines('of its log, and of transactions', () => {
    let database: TestDatabase;
    let pool: MysqlPool;

    beforeAll(async () => {
      const { url } = await provider.mysql({ flavor });
      database = await createDatabase('mariadb', { serverUrl: url });
      pool = createMysqlPool({ url: database.url, maxOpen: 1 });
      const monitor = flavor === 'mariadb' ? 'binlog monitor' : 'replication client';
      await database.run(`create table kept (id bigint primary key, word text);
        create table loose (id bigint primary key, word text) engine = MyISAM;
        create user ${role} identified by 'x';
        grant select, reload, show databases, replication slave, ${monitor} on *.* to ${role}`);
    });
    afterAll(async () => {
      await pool?.query(`drop user ${role}`);
      await pool?.end();
      await database?.drop();
    });

    const preflight = (table = 'kept', twoWay = true): Promise<readonly PreflightFinding[]> =>
      preflightMysql(pool, requirementsOf(database.name, table, twoWay));

    it('I2: refuses a table that is written and knows no transactions, and says what to run', async () => {
      expect(await preflight()).toEqual([]);
      const findings = await preflight('loose');
      expect(named(findings)).toEqual([`storage_engine ${database.name}.loose`]);
      expect(await preflight('loose', false)).toEqual([]);
      const needed = { schema: database.name, table: 'loose', column: 'id' };
      const settings = { url: database.url };
      await requireRights(settings, [{ ...needed, rights: ['select'] }]);
      await expect(requireRights(settings, [{ ...needed, rights: ['insert'] }])).rejects.toMatchObject({
        code: 'preflight_failed',
        details: { tables: expect.stringContaining('`loose` (MyISAM)') as string },
      });
      await database.run(findings[0]?.howToFix ?? '');
      expect(await preflight('loose')).toEqual([]);
      await requireRights(settings, [{ ...needed, rights: ['insert'] }]);
    });

    it('I1: refuses a replica that does not log what it takes from its source', async () => {
      const [begin, end] =
        flavor === 'mariadb'
          ? ["change master 'elsewhere' to master_host = '127.0.0.1'", "reset slave 'elsewhere' all"]
          : [
              "change replication source to source_host = '127.0.0.1' for channel 'elsewhere'",
              "reset replica all for channel 'elsewhere'",
            ];
      await database.run(begin ?? '');
      try {
        // The embedded MySQL logs them, as MySQL does by default; MariaDB does not.
        expect(named(await preflight())).toEqual(flavor === 'mariadb' ? ['log_replica_updates'] : []);
      } finally {
        await database.run(end ?? '');
      }
      expect(await preflight()).toEqual([]);
    });
  });
});
