import { RowbridgeError } from '@rowbridge/errors';
import { createMysqlPool, createPostgresPool, type PoolSettings } from '../connection.js';
import { quoteMysqlIdentifier, quotePostgresIdentifier } from '../quote-identifier.js';
import { runOnMysql, type RunMysql } from '../statements/mysql-statement.js';
import { runOnPostgres, type RunPostgres } from '../statements/postgres-statement.js';
import { findNonTransactionalTables } from './transactional-tables.js';

export type TableRight = 'select' | 'insert' | 'update' | 'delete';

/** What a user must be allowed to do with a table. */
export interface NeededRights {
  readonly schema: string;
  readonly table: string;
  /** A column that is read and written: rights may be granted by column. */
  readonly column: string;
  readonly rights: readonly TableRight[];
}

interface MissingRight {
  /** As a grant names it, such as `insert on public.users`, or the attribute a role lacks. */
  readonly grant: string;
  /** What to run instead of a grant. */
  readonly statement?: string;
}

/**
 * Asks the server whether the pool's user may do what is needed, without doing any of it. Tables that do not exist are
 * passed by: who reads the catalog tells of them. Where row security would hide rows, the right to see them all is missing.
 * @throws RowbridgeError `preflight_failed` that lists every right that is missing, or every table that is written and
 *   knows no transactions; connection faults, `wrong_password`
 */
export async function requireRights(settings: PoolSettings, needed: readonly NeededRights[]): Promise<void> {
  const isMysql = settings.url.startsWith('mysql:');
  const missing = await (isMysql ? missingOnMysql(settings, needed) : missingOnPostgres(settings, needed));
  if (missing.length === 0) return;
  const { hostname, port, username } = new URL(settings.url);
  const user = decodeURIComponent(username);
  const statements = new Set(missing.flatMap(({ statement }) => statement ?? []));
  const otherwise = statements.size === 0 ? '' : ` (bypassrls as "${[...statements].join('; ')}")`;
  throw new RowbridgeError('preflight_failed', `The user ${user} lacks rights it needs`, {
    details: { server: `${hostname}:${port}`, missing: missing.map(({ grant }) => grant).join('; ') },
    whatToDo: `As an administrator grant them to ${user}, each as "grant <right> to <user>"${otherwise}, then start again.`,
  });
}

async function missingOnPostgres(
  settings: PoolSettings,
  needed: readonly NeededRights[],
): Promise<readonly MissingRight[]> {
  const asked = needed.flatMap(({ rights, ...table }) => rights.map((right) => ({ ...table, right })));
  const pool = createPostgresPool({ ...settings, maxOpen: 1 });
  try {
    const { rows } = await runOnPostgres(pool)({
      text: `select wanted.right_name, wanted.schema_name, wanted.table_name
        from unnest($1::text[], $2::text[], $3::text[]) with ordinality
          as wanted(schema_name, table_name, right_name, place)
        join pg_catalog.pg_namespace namespace on namespace.nspname = wanted.schema_name
        join pg_catalog.pg_class class
          on class.relnamespace = namespace.oid and class.relname = wanted.table_name
        where not pg_catalog.has_schema_privilege(namespace.oid, 'usage') or not case wanted.right_name
          when 'delete' then pg_catalog.has_table_privilege(class.oid, 'delete')
          else pg_catalog.has_any_column_privilege(class.oid, wanted.right_name)
        end
        order by wanted.place`,
      values: [
        asked.map(({ schema }) => schema),
        asked.map(({ table }) => table),
        asked.map(({ right }) => right),
      ],
      operation: 'read_rights',
    });
    const refused = rows.map(([right, schema, table]) => {
      const name = `${quotePostgresIdentifier(schema ?? '')}.${quotePostgresIdentifier(table ?? '')}`;
      return { grant: `${right} on ${name}` };
    });
    return [...refused, ...(await hiddenByRowSecurity(runOnPostgres(pool), needed))];
  } finally {
    await pool.end();
  }
}

/** Tables of which row security would hide rows from the user: its statements on them are refused. */
async function hiddenByRowSecurity(
  run: RunPostgres,
  needed: readonly NeededRights[],
): Promise<readonly MissingRight[]> {
  const { rows } = await run({
    text: `select wanted.schema_name, wanted.table_name, current_user
      from unnest($1::text[], $2::text[]) with ordinality as wanted(schema_name, table_name, place)
      join pg_catalog.pg_namespace namespace on namespace.nspname = wanted.schema_name
      join pg_catalog.pg_class class
        on class.relnamespace = namespace.oid and class.relname = wanted.table_name
      where pg_catalog.row_security_active(class.oid)
      order by wanted.place`,
    values: [needed.map(({ schema }) => schema), needed.map(({ table }) => table)],
    operation: 'read_rights',
  });
  return rows.map(([schema, table, user]) => {
    const name = `${quotePostgresIdentifier(schema ?? '')}.${quotePostgresIdentifier(table ?? '')}`;
    return {
      grant: `bypassrls, for row security on ${name}`,
      statement: `alter role ${quotePostgresIdentifier(user ?? '')} bypassrls`,
    };
  });
}

async function missingOnMysql(
  settings: PoolSettings,
  needed: readonly NeededRights[],
): Promise<readonly MissingRight[]> {
  const pool = createMysqlPool({ ...settings, maxOpen: 1 });
  const run = runOnMysql(pool);
  const missing: MissingRight[] = [];
  try {
    for (const { schema, table, column, rights } of needed) {
      const name = `${quoteMysqlIdentifier(schema)}.${quoteMysqlIdentifier(table)}`;
      for (const right of rights) {
        const statement = probe[right](name, quoteMysqlIdentifier(column));
        // To prepare a statement takes the rights to run it.
        const preparation = { text: 'prepare rowbridge_right from ?', values: [statement] };
        if (!(await isAllowed(run, preparation))) missing.push({ grant: `${right} on ${name}` });
      }
    }
    // The end of the log, which second looks wait for.
    if (!(await isAllowed(run, { text: 'show binary logs' }))) {
      missing.push({ grant: 'replication client on *.* (binlog monitor on MariaDB)' });
    }
    if (missing.length === 0) await requireTransactions(run, needed);
    return missing;
  } finally {
    await pool.end();
  }
}

/** @throws RowbridgeError `preflight_failed` where a table that is written takes nothing back */
async function requireTransactions(run: RunMysql, needed: readonly NeededRights[]): Promise<void> {
  const written = needed.filter(({ rights }) => rights.some((right) => right !== 'select'));
  const found = await findNonTransactionalTables(run, written);
  if (found.length === 0) return;
  const nameOf = ({ schema, table }: { schema: string; table: string }): string =>
    `${quoteMysqlIdentifier(schema)}.${quoteMysqlIdentifier(table)}`;
  throw new RowbridgeError('preflight_failed', 'Tables to be written know no transactions', {
    details: { tables: found.map((table) => `${nameOf(table)} (${table.engine})`).join('; ') },
    whatToDo: `Run ${found.map((table) => `alter table ${nameOf(table)} engine = InnoDB`).join('; ')}, then start again.`,
  });
}

const probe: Readonly<Record<TableRight, (table: string, column: string) => string>> = {
  select: (table, column) => `select ${column} from ${table}`,
  insert: (table, column) => `insert into ${table} (${column}) values (null)`,
  update: (table, column) => `update ${table} set ${column} = null`,
  delete: (table) => `delete from ${table}`,
};

/** Anything but a missing right is for others to tell. @throws RowbridgeError connection faults, `wrong_password` */
async function isAllowed(
  run: RunMysql,
  statement: { readonly text: string; readonly values?: readonly unknown[] },
): Promise<boolean> {
  try {
    await run({ ...statement, operation: 'read_rights' });
    return true;
  } catch (error) {
    if (!(error instanceof RowbridgeError)) throw error;
    if (error.code === 'insufficient_privilege') return false;
    if (error.disposition === 'pause_partition' || error.disposition === 'stop') throw error;
    return true;
  }
}
