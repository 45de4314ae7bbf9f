import pg from 'pg';
import { quotePostgresIdentifier } from '../quote-identifier.js';
import { defaultLockTimeoutMs, lockedOut } from './locked-out.js';
import { readSchemaFiles } from './schema-files.js';

export interface DatabaseUser {
  readonly name: string;
  readonly password: string;
}

export interface PostgresProvision {
  /** A superuser's url to any database of the server. */
  readonly adminUrl: string;
  /** Created when missing. */
  readonly database: string;
  /** The schema that holds the tables. */
  readonly schema: string;
  /** Tables kept in step. */
  readonly tables: readonly string[];
  /** Folders under `schemas/` whose SQL makes the tables, such as `legacy/postgres`; none where they exist already. */
  readonly schemaFolders: readonly string[];
  /** Created with the tables and the heartbeat; tables missing from it are added, none is taken out. */
  readonly publication: string;
  readonly captureUser: DatabaseUser;
  readonly syncUser: DatabaseUser;
  readonly applicationUser?: DatabaseUser;
  /** How long a statement may wait for a table. Default 10,000. */
  readonly lockTimeoutMs?: number;
}

const originFunctions = [
  'pg_replication_origin_create',
  'pg_replication_origin_drop',
  'pg_replication_origin_oid',
  'pg_replication_origin_session_setup',
  'pg_replication_origin_session_reset',
  'pg_replication_origin_session_is_setup',
];

/**
 * Makes a PostgreSQL database ready: tables, the `rowbridge` schema, the publication, and three roles with no more
 * rights than their work needs. Running it again changes nothing but the passwords, which it sets each time, and waits
 * for nobody's transaction: whoever waits for a table holds up all others.
 * @throws RowbridgeError `lock_timeout` where something new has to wait for a table too long; otherwise
 *   pg.DatabaseError as the server raises it; IdentifierError for a name that cannot be one
 */
export async function provisionPostgres(provision: PostgresProvision): Promise<void> {
  const lockTimeoutMs = provision.lockTimeoutMs ?? defaultLockTimeoutMs;
  await createDatabase(provision);
  await withPostgresAdmin(urlOfDatabase(provision.adminUrl, provision.database), async (admin) => {
    await admin.query(`set lock_timeout = ${Math.ceil(lockTimeoutMs)}`);
    await admin.query(`create schema if not exists ${quotePostgresIdentifier(provision.schema)}`);
    await admin.query(`set search_path to ${quotePostgresIdentifier(provision.schema)}`);
    for (const folder of [...provision.schemaFolders, 'rowbridge/postgres']) {
      for (const file of await readSchemaFiles(folder)) await admin.query(file.sql);
    }
    await setRole(admin, provision.captureUser, 'login replication');
    await setRole(admin, provision.syncUser, 'login');
    if (provision.applicationUser) await setRole(admin, provision.applicationUser, 'login');
    await handOverBookkeeping(admin, provision.syncUser.name);
    await grantRights(admin, provision);
    await publish(admin, provision);
  }).catch((error: unknown) => {
    throw lockedOut(error, lockTimeoutMs);
  });
}

/** The same server and user, another database. */
export function urlOfDatabase(url: string, database: string): string {
  const moved = new URL(url);
  moved.pathname = `/${encodeURIComponent(database)}`;
  return moved.toString();
}

async function withPostgresAdmin(url: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString: url, application_name: 'rowbridge-provision' });
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

async function createDatabase({ adminUrl, database }: PostgresProvision): Promise<void> {
  await withPostgresAdmin(adminUrl, async (admin) => {
    const found = await admin.query('select 1 from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) {
      await admin.query(
        `create database ${quotePostgresIdentifier(database)} encoding 'UTF8' template template0`,
      );
    }
  });
}

/** The server quotes name and password: neither is ever spliced into SQL here. */
async function setRole(admin: pg.Client, user: DatabaseUser, attributes: string): Promise<void> {
  quotePostgresIdentifier(user.name);
  const exists = await admin.query('select 1 from pg_roles where rolname = $1', [user.name]);
  const verb = exists.rowCount === 0 ? 'create' : 'alter';
  const statement = await admin.query<{ statement: string }>(
    `select format('${verb} role %I with ${attributes} password %L', $1::text, $2::text) as statement`,
    [user.name, user.password],
  );
  for (const row of statement.rows) await admin.query(row.statement);
}

/** The sync user partitions and purges its own tables, so it owns them. */
async function handOverBookkeeping(admin: pg.Client, syncUser: string): Promise<void> {
  const statements = await admin.query<{ statement: string }>(
    `select format('alter schema rowbridge owner to %I', $1::text) as statement
     union all
     select format('alter table %s owner to %I', oid::regclass, $1::text)
     from pg_class where relnamespace = 'rowbridge'::regnamespace and relkind in ('r', 'p')
       and pg_get_userbyid(relowner) <> $1
     union all
     select format('alter routine %s owner to %I', oid::regprocedure, $1::text)
     from pg_proc where pronamespace = 'rowbridge'::regnamespace and pg_get_userbyid(proowner) <> $1`,
    [syncUser],
  );
  for (const row of statements.rows) await admin.query(row.statement);
}

async function grantRights(admin: pg.Client, provision: PostgresProvision): Promise<void> {
  const schema = quotePostgresIdentifier(provision.schema);
  const tables = provision.tables.map((table) => `${schema}.${quotePostgresIdentifier(table)}`).join(', ');
  const capture = quotePostgresIdentifier(provision.captureUser.name);
  const sync = quotePostgresIdentifier(provision.syncUser.name);
  const writers = [sync];
  if (provision.applicationUser) writers.push(quotePostgresIdentifier(provision.applicationUser.name));

  await admin.query(`grant usage on schema ${schema} to ${[capture, ...writers].join(', ')}`);
  await admin.query(`grant select on ${tables} to ${capture}`);
  await admin.query(`grant usage on schema rowbridge to ${capture}`);
  await admin.query(`grant select, insert, update on rowbridge.heartbeat to ${capture}`);
  for (const writer of writers) {
    await admin.query(`grant select, insert, update, delete on ${tables} to ${writer}`);
    await grantSequences(admin, provision, writer);
  }
  const functions = await admin.query<{ signature: string }>(
    `select oid::regprocedure::text as signature from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace and proname = any ($1)`,
    [originFunctions],
  );
  for (const { signature } of functions.rows) {
    await admin.query(`grant execute on function ${signature} to ${sync}`);
  }
}

async function grantSequences(admin: pg.Client, provision: PostgresProvision, writer: string): Promise<void> {
  const sequences = await admin.query<{ sequence: string }>(
    `select distinct sequence.oid::regclass::text as sequence
     from pg_depend dependency
     join pg_class sequence on sequence.oid = dependency.objid and sequence.relkind = 'S'
     join pg_class owner on owner.oid = dependency.refobjid
     join pg_namespace namespace on namespace.oid = owner.relnamespace
     where dependency.deptype in ('a', 'i') and namespace.nspname = $1 and owner.relname = any ($2)`,
    [provision.schema, provision.tables],
  );
  for (const { sequence } of sequences.rows) {
    await admin.query(`grant usage, select, update on sequence ${sequence} to ${writer}`);
  }
}

async function publish(admin: pg.Client, provision: PostgresProvision): Promise<void> {
  const publication = quotePostgresIdentifier(provision.publication);
  const exists = await admin.query('select 1 from pg_publication where pubname = $1', [
    provision.publication,
  ]);
  if (exists.rowCount === 0) {
    await admin.query(`create publication ${publication} with (publish = 'insert, update, delete')`);
  }
  const published = await admin.query<{ name: string }>(
    `select schemaname || '.' || tablename as name from pg_publication_tables where pubname = $1`,
    [provision.publication],
  );
  const present = new Set(published.rows.map((row) => row.name));
  const wanted = [
    { schema: 'rowbridge', table: 'heartbeat' },
    ...provision.tables.map((table) => ({ schema: provision.schema, table })),
  ];
  for (const { schema, table } of wanted.filter((entry) => !present.has(`${entry.schema}.${entry.table}`))) {
    const qualified = `${quotePostgresIdentifier(schema)}.${quotePostgresIdentifier(table)}`;
    await admin.query(`alter publication ${publication} add table ${qualified}`);
  }
}
