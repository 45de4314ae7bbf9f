import type { Pool as MysqlPool, PoolConnection as MysqlConnection } from 'mysql2/promise';
import { readCatalog, type CatalogTable } from '../catalog.js';
import { readMysqlServer } from '../facts/mysql-server.js';
import { readMysqlTableFacts } from '../facts/mysql-table-facts.js';
import { quoteMysqlIdentifier as quote } from '../quote-identifier.js';
import { runOnMysql } from '../statements/mysql-statement.js';
import type { CaptureRequirements, PreflightFinding } from './capture-requirements.js';
import { checkHiddenChanges } from './mysql-hidden-changes.js';
import { checkTables, tableDialects } from './table-checks.js';
import { checkStorageEngines } from './transactional-tables.js';

export interface MysqlCaptureFacts {
  readonly engine: 'mysql' | 'mariadb';
  readonly version: string;
  /** Global variables, lower case; one the server does not have is absent. */
  readonly variables: Readonly<Record<string, string>>;
  /** Server-wide rights of the capture user, upper case; null when it does not exist or may not be looked at. */
  readonly rights: readonly string[] | null;
  /** `<database>.<table>` the capture user may read by a right of any level. */
  readonly readable: readonly string[];
  /** `<database>.<table>.<column>` of NOT NULL columns that hold a date with a zero part. */
  readonly zeroDates: readonly string[];
}

interface RequiredVariable {
  readonly name: string;
  readonly required: string;
  readonly holds: (value: string) => boolean;
  /** Where a server may lack the variable. */
  readonly optional?: boolean;
  readonly reason: string;
  readonly howToFix: string;
}

/** Of MariaDB. Debezium 3.5's parser of table definitions stops at them, and with it the whole connector (seen). */
const unparsableTypes: ReadonlySet<string> = new Set(['inet4', 'inet6']);

const inSettings = (setting: string): string =>
  `put ${setting} under [mysqld] in the server's settings and restart it`;
const atRunTime = (name: string, value: string): string =>
  `SET GLOBAL ${name} = ${value}, write it to the server's settings, and let applications reconnect`;

const requiredVariables: readonly RequiredVariable[] = [
  {
    name: 'log_bin',
    required: 'ON',
    holds: (value) => value === 'ON' || value === '1',
    reason: 'capture reads the binlog',
    howToFix: inSettings('log_bin = binlog'),
  },
  {
    name: 'server_id',
    required: 'a number above 0',
    holds: (value) => Number(value) > 0,
    reason: 'a server without an id sends its binlog to nobody',
    howToFix: inSettings('server_id = 1'),
  },
  {
    name: 'binlog_format',
    required: 'ROW',
    holds: (value) => value === 'ROW',
    optional: true,
    reason: 'statements do not say which rows they changed',
    howToFix: atRunTime('binlog_format', "'ROW'"),
  },
  {
    name: 'binlog_row_image',
    required: 'FULL',
    holds: (value) => value === 'FULL',
    reason: 'images must be whole',
    howToFix: atRunTime('binlog_row_image', "'FULL'"),
  },
  {
    name: 'binlog_row_metadata',
    required: 'FULL',
    holds: (value) => value === 'FULL',
    reason: 'column names, signs and enum labels come from it',
    howToFix: atRunTime('binlog_row_metadata', "'FULL'"),
  },
  {
    name: 'binlog_row_value_options',
    required: 'empty',
    holds: (value) => !value.includes('PARTIAL_JSON'),
    optional: true,
    reason: 'partial JSON updates are not whole values',
    howToFix: atRunTime('binlog_row_value_options', "''"),
  },
  {
    name: 'binlog_legacy_event_pos',
    required: 'ON',
    holds: (value) => value === 'ON' || value === '1',
    // MySQL and older MariaDB always write these positions.
    optional: true,
    reason: 'changes of one row within one transaction are told apart by their positions',
    howToFix: atRunTime('binlog_legacy_event_pos', 'ON'),
  },
  {
    name: 'binlog_transaction_compression',
    required: 'OFF',
    holds: (value) => value === 'OFF' || value === '0',
    // MariaDB and older MySQL compress no transactions.
    optional: true,
    reason: 'all changes of a compressed transaction have one position, which tells those of one row apart',
    howToFix: atRunTime('binlog_transaction_compression', 'OFF'),
  },
];

const serverRights: Readonly<Record<'mysql' | 'mariadb', readonly string[]>> = {
  mysql: ['RELOAD', 'SHOW DATABASES', 'REPLICATION SLAVE', 'REPLICATION CLIENT'],
  mariadb: ['RELOAD', 'SHOW DATABASES', 'REPLICATION SLAVE', 'BINLOG MONITOR'],
};

/**
 * What keeps a MySQL or MariaDB database from being captured; empty when nothing does. Ask as an administrator: other
 * users see neither triggers nor the capture user's rights, and what is not seen counts as missing. Reads the catalog,
 * and NOT NULL date columns once for dates with a zero part.
 * @throws the driver's error when the server cannot be asked
 */
export async function preflightMysql(
  client: MysqlPool | MysqlConnection,
  requirements: CaptureRequirements,
): Promise<readonly PreflightFinding[]> {
  const catalog = await readCatalog({ family: 'mysql', client }, requirements.tables);
  const facts = await readMysqlCaptureFacts(client, requirements, catalog);
  const run = runOnMysql(client);
  const server = await readMysqlServer(run);
  const tableFacts = await readMysqlTableFacts(run, server, requirements.tables);
  return [
    ...judgeMysqlServer(facts, requirements),
    ...(await checkHiddenChanges(run, server, requirements)),
    ...(await checkStorageEngines(run, requirements)),
    ...checkTables(requirements, { catalog, facts: tableFacts }, tableDialects.mysql),
    ...judgeMysqlTables(facts, requirements, catalog),
  ];
}

/** Settings, guard and rights. Pure. */
export function judgeMysqlServer(
  facts: MysqlCaptureFacts,
  { logOriginGuard, captureUser }: CaptureRequirements,
): PreflightFinding[] {
  const findings = requiredVariables.flatMap((variable): PreflightFinding[] => {
    const value = facts.variables[variable.name];
    if (value === undefined ? variable.optional === true : variable.holds(value)) return [];
    return [
      {
        check: variable.name,
        found: value === undefined ? 'the server does not have it' : `${variable.name} = ${value || 'empty'}`,
        required: `${variable.required}: ${variable.reason}`,
        howToFix: variable.howToFix,
      },
    ];
  });
  if (logOriginGuard && facts.engine === 'mysql') {
    findings.push({
      check: 'log_origin',
      found: `MySQL ${facts.version}`,
      required: 'MariaDB for the log-origin guard: MySQL does not let a session mark what it logs',
      howToFix: 'use the source-column guard for this side',
    });
  }
  const account = `'${captureUser}'@'%'`;
  if (facts.rights === null) {
    findings.push({
      check: 'capture_user',
      found: `no user ${captureUser}, or its rights may not be looked at`,
      required: `a user with ${serverRights[facts.engine].join(', ')}`,
      howToFix: `CREATE USER ${account} IDENTIFIED BY '…'; GRANT ${serverRights[facts.engine].join(', ')} ON *.* TO ${account}`,
    });
    return findings;
  }
  const missing = serverRights[facts.engine].filter((right) => facts.rights?.includes(right) !== true);
  if (missing.length > 0) {
    findings.push({
      check: 'capture_rights',
      found: `${captureUser} lacks ${missing.join(', ')}`,
      required: serverRights[facts.engine].join(', '),
      howToFix: `GRANT ${missing.join(', ')} ON *.* TO ${account}`,
    });
  }
  return findings;
}

/** Read rights and dates that do not exist. Pure. */
export function judgeMysqlTables(
  facts: MysqlCaptureFacts,
  { captureUser, tables }: CaptureRequirements,
  catalog: readonly CatalogTable[],
): PreflightFinding[] {
  const unreadable = tables
    .filter(({ schema, table }) => catalog.some((found) => found.schema === schema && found.table === table))
    .filter(({ schema, table }) => facts.rights !== null && !facts.readable.includes(`${schema}.${table}`))
    .map(({ schema, table }) => ({
      check: 'read_right',
      table: `${schema}.${table}`,
      found: `${captureUser} may not read it`,
      required: 'SELECT, for snapshots',
      howToFix: `GRANT SELECT ON ${quote(schema)}.${quote(table)} TO '${captureUser}'@'%'`,
    }));
  const zeroDates = facts.zeroDates.map((column) => ({
    check: 'zero_date',
    table: column,
    found: 'a NOT NULL date with year, month or day zero',
    required: 'real dates: such a value would arrive as 1970-01-01',
    howToFix: 'make the column nullable and set those values to NULL, or give them a real date',
  }));
  const unparsable = catalog.flatMap(({ schema, table, columns }) =>
    columns
      .filter(({ baseType }) => unparsableTypes.has(baseType))
      .map(({ name, baseType }) => ({
        check: 'unsupported_type',
        table: `${schema}.${table}.${name}`,
        found: `a column of type ${baseType}`,
        required: 'none in a captured table, mapped or not: the pinned connector cannot read its definition',
        howToFix: `ALTER TABLE ${quote(schema)}.${quote(table)} MODIFY COLUMN ${quote(name)} varchar(43)`,
      })),
  );
  return [...unreadable, ...zeroDates, ...unparsable];
}

async function readMysqlCaptureFacts(
  client: MysqlPool | MysqlConnection,
  { captureUser }: CaptureRequirements,
  catalog: readonly CatalogTable[],
): Promise<MysqlCaptureFacts> {
  const [version = ''] = (await readRows(client, 'select version()')).flat();
  const names = [...requiredVariables.map(({ name }) => name)];
  const variables = await readRows(client, 'show global variables where variable_name in (?)', [names]);
  // Grantees are written 'user'@'host'; the same name on several hosts counts once.
  const grantee = `'${captureUser.replaceAll(/[\\%_]/g, '\\$&')}'@%`;
  const granted = async (view: string, columns: string): Promise<string[][]> =>
    readRows(client, `select ${columns} from information_schema.${view} where grantee like ?`, [grantee]);
  const rights = (await granted('user_privileges', 'privilege_type')).map(([right = '']) =>
    right.toUpperCase(),
  );
  const schemas = (await granted('schema_privileges', 'privilege_type, table_schema')).filter(isSelect);
  const tables = (await granted('table_privileges', 'privilege_type, table_schema, table_name')).filter(
    isSelect,
  );
  const readable = catalog
    .filter(
      ({ schema, table }) =>
        rights.includes('SELECT') ||
        schemas.some(([, granter]) => granter === schema) ||
        tables.some(([, granter, name]) => granter === schema && name === table),
    )
    .map(({ schema, table }) => `${schema}.${table}`);
  return {
    engine: /mariadb/i.test(version) ? 'mariadb' : 'mysql',
    version,
    variables: Object.fromEntries(variables.map(([name = '', value = '']) => [name.toLowerCase(), value])),
    rights: rights.length === 0 ? null : rights,
    readable,
    zeroDates: await findZeroDates(client, catalog),
  };
}

function isSelect([right]: readonly string[]): boolean {
  return right?.toUpperCase() === 'SELECT';
}

async function findZeroDates(
  client: MysqlPool | MysqlConnection,
  catalog: readonly CatalogTable[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { schema, table, columns } of catalog) {
    const dates = columns.filter(
      ({ baseType, nullable }) => !nullable && /^(date|datetime|timestamp)$/.test(baseType),
    );
    for (const { name } of dates) {
      const column = quote(name);
      const [row] = await readRows(
        client,
        `select 1 from ${quote(schema)}.${quote(table)}
         where year(${column}) = 0 or month(${column}) = 0 or day(${column}) = 0 limit 1`,
      );
      if (row !== undefined) found.push(`${schema}.${table}.${name}`);
    }
  }
  return found;
}

async function readRows(
  client: MysqlPool | MysqlConnection,
  sql: string,
  values: readonly unknown[] = [],
): Promise<string[][]> {
  const [rows] = await client.query({ sql, rowsAsArray: true, values: [...values] });
  return (rows as (string | number | Buffer | null)[][]).map((row) =>
    row.map((value) => value?.toString() ?? ''),
  );
}
