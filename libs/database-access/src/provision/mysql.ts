import { createConnection } from 'mysql2/promise';
import type { Connection } from 'mysql2/promise';
import { quoteMysqlIdentifier } from '../quote-identifier.js';
import { defaultLockTimeoutMs, lockedOut } from './locked-out.js';
import type { DatabaseUser } from './postgres.js';
import { readSchemaFiles } from './schema-files.js';

export interface MysqlProvision {
  /** An administrator's url to the server. */
  readonly adminUrl: string;
  /** Created when missing. */
  readonly database: string;
  /** Tables kept in step. */
  readonly tables: readonly string[];
  /**
   * Folders under `schemas/` whose SQL makes the tables; `{engine}` in a name stands for `mysql` or `mariadb`, as the
   * server says it is: `revamp/{engine}`. None where the tables exist already.
   */
  readonly schemaFolders: readonly string[];
  readonly captureUser: DatabaseUser;
  readonly syncUser: DatabaseUser;
  readonly applicationUser?: DatabaseUser;
  /** From where the users may connect. Default `%`. */
  readonly host?: string;
  /** How long a statement may wait for a table, rounded up to whole seconds. Default 10,000. */
  readonly lockTimeoutMs?: number;
}

export type MysqlEngine = 'mysql' | 'mariadb';

/** Rights on the whole server that capture needs; neither server grants them for one table. */
const captureRights: Record<MysqlEngine, string> = {
  mysql: 'reload, show databases, replication slave, replication client',
  mariadb: 'reload, show databases, replication slave, binlog monitor',
};

/** To note the end of the log; on MariaDB also to mark its own writes in the log by a server id of its own. */
const syncRights: Record<MysqlEngine, string> = {
  mysql: 'replication client',
  mariadb: 'binlog monitor, binlog replay',
};

/**
 * Makes a MySQL or MariaDB server ready: tables, the `rowbridge` database, and three users with no more rights than
 * their work needs. Running it again changes nothing but the passwords, which it sets each time, and waits for nobody's
 * transaction: whoever waits for a table holds up all others, capture included.
 * @throws RowbridgeError `lock_timeout` where something new has to wait for a table too long; otherwise the driver's
 *   error as the server raises it; IdentifierError for a name that cannot be one
 */
export async function provisionMysql(provision: MysqlProvision): Promise<void> {
  const admin = await createConnection({
    uri: provision.adminUrl,
    multipleStatements: true,
    charset: 'UTF8MB4_BIN',
  });
  const lockTimeoutMs = provision.lockTimeoutMs ?? defaultLockTimeoutMs;
  try {
    // The server's own limit is a day, or a year.
    await admin.query('set session lock_wait_timeout = ?', [Math.ceil(lockTimeoutMs / 1_000)]);
    const engine = await readEngine(admin);
    const database = quoteMysqlIdentifier(provision.database);
    if (!(await hasDatabase(admin, provision.database))) {
      await admin.query(`create database if not exists ${database} character set utf8mb4`);
    }
    await admin.query(`use ${database}`);
    for (const folder of [...provision.schemaFolders, 'rowbridge/mysql']) {
      for (const file of await readSchemaFiles(folder.replace('{engine}', engine))) {
        await admin.query(`use ${database}`);
        await admin.query(file.sql);
      }
    }
    await grantRights(admin, provision, engine);
  } catch (error) {
    throw lockedOut(error, lockTimeoutMs);
  } finally {
    await admin.end();
  }
}

/** Even where it exists already, making a database would wait for every transaction that has read a table of it. */
async function hasDatabase(admin: Connection, database: string): Promise<boolean> {
  const [rows] = await admin.query('select 1 from information_schema.schemata where schema_name = ?', [
    database,
  ]);
  return (rows as unknown[]).length > 0;
}

async function readEngine(admin: Connection): Promise<MysqlEngine> {
  const [rows] = await admin.query('select version() as version');
  return JSON.stringify(rows).toLowerCase().includes('mariadb') ? 'mariadb' : 'mysql';
}

async function grantRights(admin: Connection, provision: MysqlProvision, engine: MysqlEngine): Promise<void> {
  const host = provision.host ?? '%';
  const capture = await setUser(admin, provision.captureUser, host);
  const sync = await setUser(admin, provision.syncUser, host);
  const application = provision.applicationUser && (await setUser(admin, provision.applicationUser, host));
  const database = quoteMysqlIdentifier(provision.database);

  await admin.query(`grant ${captureRights[engine]} on *.* to ${capture}`);
  await admin.query(`grant select, insert, update on rowbridge.heartbeat to ${capture}`);
  await admin.query(`grant ${syncRights[engine]} on *.* to ${sync}`);
  await admin.query(`grant all privileges on rowbridge.* to ${sync}`);
  for (const table of provision.tables) {
    const qualified = `${database}.${quoteMysqlIdentifier(table)}`;
    await admin.query(`grant select on ${qualified} to ${capture}`);
    await admin.query(`grant select, insert, update, delete on ${qualified} to ${sync}`);
    if (application)
      await admin.query(`grant select, insert, update, delete on ${qualified} to ${application}`);
  }
}

/** Account names and passwords are strings to these servers, so the driver binds them. Answers the bound account. */
async function setUser(admin: Connection, user: DatabaseUser, host: string): Promise<string> {
  await admin.query('create user if not exists ?@? identified by ?', [user.name, host, user.password]);
  await admin.query('alter user ?@? identified by ?', [user.name, host, user.password]);
  return `${admin.escape(user.name)}@${admin.escape(host)}`;
}
