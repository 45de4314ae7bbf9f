import { randomBytes } from 'node:crypto';
import { createDatabase, describeWithEngines, sharedEngineUrl, type TestDatabase } from '@rowbridge/testing';
import { createMysqlPool, createPostgresPool, type MysqlPool, type PostgresPool } from '../connection.js';
import type { CapturedTable, PostgresCaptureRequirements, PreflightFinding } from './capture-requirements.js';
import { preflightMysql } from './mysql-preflight.js';
import { preflightPostgres } from './postgres-preflight.js';

const role = `capture_${randomBytes(4).toString('hex')}`;

function captured(schema: string, change: Partial<CapturedTable> = {}): CapturedTable {
  return {
    schema,
    table: 'users',
    twoWay: true,
    mappedColumns: ['id', 'email', 'updated_at'],
    timestampColumns: ['updated_at'],
    ...change,
  };
}

function named(findings: readonly PreflightFinding[]): string[] {
  return findings.map(({ check, table }) => (table === undefined ? check : `${check} ${table}`));
}

describeWithEngines('preflight of PostgreSQL', () => {
  let database: TestDatabase;
  let pool: PostgresPool;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    pool = createPostgresPool({ url: database.url, maxOpen: 1 });
    await database.run(`create role ${role} login replication`);
    await database.run(`
      create schema rowbridge;
      create table rowbridge.heartbeat (connector text primary key);
      create table users (id bigserial primary key, email text unique, updated_at timestamptz not null default now(),
        sync_source text);
      alter table users replica identity full;
      grant select on users to ${role};
      create publication shop for table users, rowbridge.heartbeat`);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
    const admin = createPostgresPool({ url: sharedEngineUrl('postgres'), maxOpen: 1 });
    await admin.query(`drop role ${role}`);
    await admin.end();
  });

  const preflight = async (
    tables: readonly CapturedTable[] = [captured('public')],
    change: Partial<PostgresCaptureRequirements> = {},
  ): Promise<string[]> =>
    named(
      await preflightPostgres(pool, {
        tables,
        captureUser: role,
        publication: 'shop',
        slot: 'shop_slot',
        sourceColumnGuard: true,
        logOriginGuard: true,
        ...change,
      }),
    );

  it('finds nothing where all is set up', async () => {
    expect(await preflight()).toEqual([]);
  });

  it('refuses a mapping that names a column or table that is not there', async () => {
    const tables = [
      captured('public', { mappedColumns: ['id', 'e_mail'] }),
      captured('public', { table: 'nobodys' }),
    ];
    expect(await preflight(tables)).toEqual([
      'publication public.nobodys',
      'mapped_column public.users.e_mail',
      'table_exists public.nobodys',
    ]);
  });

  it('refuses a role, a publication and an identity that cannot do', async () => {
    await database.run(`alter role ${role} noreplication; alter publication shop drop table users;
      alter table users replica identity default; revoke select on users from ${role}`);
    expect(await preflight()).toEqual([
      'capture_role',
      'publication public.users',
      'replica_identity public.users',
      'read_right public.users',
    ]);
    expect(await preflight(undefined, { publication: 'none', captureUser: 'nobody_at_all' })).toEqual([
      'capture_role',
      'publication',
      'replica_identity public.users',
    ]);
    const findings = await preflightPostgres(pool, {
      tables: [captured('public')],
      captureUser: role,
      publication: 'shop',
      slot: 'shop_slot',
      sourceColumnGuard: true,
      logOriginGuard: true,
    });
    for (const { howToFix } of findings) await database.run(howToFix);
    expect(await preflight()).toEqual([]);
  });

  it('refuses a table without a key, without the stamp column, or whose nulls would become defaults', async () => {
    await database.run(`create table bare (email text default 'none', updated_at timestamptz);
      alter table bare replica identity full; alter publication shop add table bare; grant select on bare to ${role}`);
    const bare = captured('public', { table: 'bare', mappedColumns: ['email'], timestampColumns: [] });
    expect(await preflight([bare])).toEqual([
      'primary_key public.bare',
      'nullable_default public.bare.email',
      'sync_source_column public.bare',
    ]);
    expect(await preflight([bare], { sourceColumnGuard: false })).not.toContain(
      'sync_source_column public.bare',
    );
  });

  it('refuses a mapped type whose events are missing or say too little, and only a mapped one', async () => {
    await database.run(`create table shapes (id bigint primary key, area box, flags bit varying(9), opens timetz,
      sync_source text); alter table shapes replica identity full; grant select on shapes to ${role};
      alter publication shop add table shapes`);
    const shapes = { table: 'shapes', timestampColumns: [] };
    expect(await preflight([captured('public', { ...shapes, mappedColumns: ['id'] })])).toEqual([]);
    const mappedColumns = ['id', 'area', 'flags', 'opens'];
    expect(await preflight([captured('public', { ...shapes, mappedColumns })])).toEqual([
      'unsupported_type public.shapes.area',
      'unsupported_type public.shapes.flags',
      'unsupported_type public.shapes.opens',
    ]);
  });

  it('refuses a table whose large values would stop the connector, until it logs whole rows', async () => {
    await database.run(`create table answers (id bigint primary key, given boolean[], names text[]);
      grant select on answers to ${role}; alter publication shop add table answers`);
    const answers = captured('public', {
      table: 'answers',
      twoWay: false,
      mappedColumns: ['id', 'names'],
      timestampColumns: [],
    });
    expect(await preflight([answers])).toEqual(['replica_identity public.answers.given']);
    await database.run('alter table answers replica identity full');
    expect(await preflight([answers])).toEqual([]);
  });

  it('refuses arrays at which the connector stops, mapped or not, and says what to run', async () => {
    await database.run(`create type mood as enum ('sad', 'ok');
      create table moods (id bigint primary key, moods mood[], masks bit(3)[], amounts numeric(9,2)[]);
      alter table moods replica identity full; grant select on moods to ${role}; alter publication shop add table moods;
      insert into moods (id, moods, amounts) values (1, '{sad}', '{1.5}'), (2, '{ok,null}', '{1,NaN}'), (3, null, '{}')`);
    const requirements = {
      tables: [captured('public', { table: 'moods', mappedColumns: ['id'], timestampColumns: [] })],
      captureUser: role,
      publication: 'shop',
      slot: 'shop_slot',
      sourceColumnGuard: false,
      logOriginGuard: true,
    };
    const findings = await preflightPostgres(pool, requirements);
    expect(named(findings)).toEqual([
      'stopping_array public.moods.moods',
      'stopping_array public.moods.masks',
      'stopping_array public.moods.amounts',
    ]);
    await database.run('delete from moods where id = 2');
    for (const { howToFix } of findings) await database.run(howToFix.replace(/^.*: /, ''));
    expect(await preflightPostgres(pool, requirements)).toEqual([]);
    for (const value of ["moods = '{null}'", "amounts = '{NaN}'"])
      await expect(database.run(`update moods set ${value}`)).rejects.toThrow('check constraint');
  });

  it('I8: refuses a mapped array column that holds arrays within arrays, which events do not tell', async () => {
    await database.run(`create table boards (id bigint primary key, cells integer[]);
      alter table boards replica identity full; grant select on boards to ${role};
      alter publication shop add table boards; insert into boards values (1, '{1,2}'), (2, '{{1,2},{3,4}}')`);
    const boards = (column: string): CapturedTable =>
      captured('public', { table: 'boards', mappedColumns: ['id', column], timestampColumns: [] });
    const found = (column: string): Promise<string[]> =>
      preflight([boards(column)], { sourceColumnGuard: false });
    expect(await found('id')).toEqual([]);
    expect(await found('cells')).toEqual(['nested_array public.boards.cells']);
    await database.run('delete from boards where id = 2');
    expect(await found('cells')).toEqual([]);
  });

  it('refuses a trigger that moves the deciding timestamp, only where sync writes are told by the column', async () => {
    await database.run(`
      create function bump() returns trigger language plpgsql as 'begin new.updated_at := now(); return new; end';
      create trigger bump_users before update on users for each row execute function bump()`);
    expect(await preflight()).toEqual(['timestamp_trigger public.users.updated_at']);
    expect(await preflight(undefined, { sourceColumnGuard: false })).toEqual([]);
    await database.run('alter table users disable trigger bump_users');
    expect(await preflight()).toEqual([]);
  });
});

describeWithEngines('preflight of MariaDB', () => {
  let database: TestDatabase;
  let pool: MysqlPool;

  beforeAll(async () => {
    database = await createDatabase('mariadb');
    pool = createMysqlPool({ url: database.url, maxOpen: 1 });
    await database.run(`
      create table users (id bigint auto_increment primary key, email varchar(320) not null unique,
        updated_at timestamp(6) not null default current_timestamp(6), sync_source text null);
      create user ${role} identified by 'x';
      grant reload, show databases, replication slave, binlog monitor on *.* to ${role};
      grant select on ${database.name}.users to ${role}`);
  });
  afterAll(async () => {
    await pool.query(`drop user ${role}`);
    await pool.end();
    await database.drop();
  });

  const preflight = async (
    change: Partial<CapturedTable> = {},
    sourceColumnGuard = true,
  ): Promise<string[]> =>
    named(
      await preflightMysql(pool, {
        tables: [captured(database.name, change)],
        captureUser: role,
        sourceColumnGuard,
        logOriginGuard: true,
      }),
    );

  it('finds nothing where all is set up', async () => {
    expect(await preflight()).toEqual([]);
  });

  it('refuses a user that lacks a right', async () => {
    await database.run(
      `revoke reload on *.* from ${role}; revoke select on ${database.name}.users from ${role}`,
    );
    expect(await preflight()).toEqual(['capture_rights', `read_right ${database.name}.users`]);
    await database.run(`grant reload on *.* to ${role}; grant select on ${database.name}.* to ${role}`);
    expect(await preflight()).toEqual([]);
  });

  it('refuses dates that do not exist in a column that may not be null', async () => {
    await database.run(`create table born (id int primary key, day date not null, sync_source text);
      set sql_mode = ''; insert into born (id, day) values (1, '0000-00-00')`);
    const born = { table: 'born', mappedColumns: ['id', 'day'], timestampColumns: [] };
    expect(await preflight(born)).toEqual([`zero_date ${database.name}.born.day`]);
  });

  it('refuses a type whose definition the connector cannot read, mapped or not', async () => {
    await database.run('create table hosts (id int primary key, address inet6, sync_source text)');
    const hosts = { table: 'hosts', mappedColumns: ['id'], timestampColumns: [] };
    expect(await preflight(hosts)).toEqual([`unsupported_type ${database.name}.hosts.address`]);
  });

  it('refuses a cascade, whose changes the log does not hold', async () => {
    await database.run(`create table posts (id int primary key, user_id bigint, sync_source text,
      constraint of_user foreign key (user_id) references users (id) on delete cascade)`);
    const posts = { table: 'posts', mappedColumns: ['id', 'user_id'], timestampColumns: [] };
    expect(await preflight(posts)).toEqual([`cascading_foreign_key ${database.name}.posts`]);
  });

  it('refuses a timestamp the server moves, by trigger or by itself', async () => {
    await database.run(`alter table users modify updated_at timestamp(6) not null default current_timestamp(6)
      on update current_timestamp(6)`);
    expect(await preflight()).toEqual([`timestamp_trigger ${database.name}.users.updated_at`]);
    await database.run(`alter table users modify updated_at timestamp(6) not null default current_timestamp(6);
      create trigger bump before update on users for each row set new.updated_at = now(6)`);
    expect(await preflight()).toEqual([`timestamp_trigger ${database.name}.users.updated_at`]);
    expect(await preflight({}, false)).toEqual([]);
  });
});
