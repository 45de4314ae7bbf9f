import type { RunMysql } from './statements/mysql-statement.js';
import type { RunPostgres } from './statements/postgres-statement.js';

/** Names of the schema's tables, in order of name. */
export async function listPostgresTables(run: RunPostgres, schema: string): Promise<readonly string[]> {
  const { rows } = await run({
    text: `select class.relname from pg_catalog.pg_class class
      join pg_catalog.pg_namespace namespace on namespace.oid = class.relnamespace
      where namespace.nspname = $1 and class.relkind in ('r', 'p') and not class.relispartition
      order by class.relname`,
    values: [schema],
    operation: 'list_tables',
  });
  return rows.map(([name]) => name as string);
}

/** Names of the database's tables on which the user has any right, in order of name. */
export async function listMysqlTables(run: RunMysql, schema: string): Promise<readonly string[]> {
  const { rows } = await run({
    text: `select table_name from information_schema.tables
      where table_schema = ? and table_type = 'BASE TABLE' order by table_name`,
    values: [schema],
    operation: 'list_tables',
  });
  return rows.map(([name]) => String(name));
}
