import { quoteMysqlIdentifier as quote } from '../quote-identifier.js';
import type { RunMysql } from '../statements/mysql-statement.js';
import type { CaptureRequirements, PreflightFinding } from './capture-requirements.js';

export interface NonTransactionalTable {
  readonly schema: string;
  readonly table: string;
  /** Its storage engine, such as MyISAM or Aria. */
  readonly engine: string;
}

/**
 * Of the tables asked for those whose storage engine knows no transactions (MySQL and MariaDB). What is written to one is
 * neither taken back with the claim of its record nor locked with it (I2).
 */
export async function findNonTransactionalTables(
  run: RunMysql,
  tables: readonly { readonly schema: string; readonly table: string }[],
): Promise<readonly NonTransactionalTable[]> {
  if (tables.length === 0) return [];
  const { rows } = await run({
    text: `select owned.table_schema, owned.table_name, owned.engine
      from information_schema.tables owned
      join information_schema.engines engines on engines.engine = owned.engine
      where (owned.table_schema, owned.table_name) in (?) and coalesce(engines.transactions, 'NO') <> 'YES'
      order by owned.table_schema, owned.table_name`,
    values: [tables.map(({ schema, table }) => [schema, table])],
    operation: 'read_storage_engines',
  });
  return rows.map(([schema, table, engine]) => ({
    schema: String(schema),
    table: String(table),
    engine: String(engine),
  }));
}

/** Tables that flow both ways are written too. */
export async function checkStorageEngines(
  run: RunMysql,
  { tables }: CaptureRequirements,
): Promise<readonly PreflightFinding[]> {
  const written = tables.filter(({ twoWay }) => twoWay);
  return (await findNonTransactionalTables(run, written)).map(({ schema, table, engine }) => ({
    check: 'storage_engine',
    table: `${schema}.${table}`,
    found: `the storage engine ${engine}, which knows no transactions`,
    required: 'InnoDB: a row is written together with its bookkeeping or not at all',
    howToFix: `ALTER TABLE ${quote(schema)}.${quote(table)} ENGINE = InnoDB`,
  }));
}
