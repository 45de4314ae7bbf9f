import type { Pool as MysqlPool, PoolConnection as MysqlConnection } from 'mysql2/promise';
import type pg from 'pg';
import { readMysqlCatalog } from './catalog-mysql.js';
import { readPostgresCatalog } from './catalog-postgres.js';

/** A connection or pool of either driver, named by its engine family. */
export type DatabaseConnection =
  | { readonly family: 'postgres'; readonly client: pg.Pool | pg.ClientBase }
  | { readonly family: 'mysql'; readonly client: MysqlPool | MysqlConnection };

export interface TableName {
  /** PostgreSQL schema or MySQL database. */
  readonly schema: string;
  readonly table: string;
}

export interface CatalogColumn {
  readonly name: string;
  /** As the server writes it, with its length: `character varying(255)`, `bigint(20) unsigned`. */
  readonly type: string;
  /** Without lengths and attributes: `character varying`, `bigint`. */
  readonly baseType: string;
  readonly nullable: boolean;
  /** Computed from other columns: never written. */
  readonly generated: boolean;
  /** The server assigns values: identity, a sequence's default, or auto_increment. */
  readonly autoAssigned: boolean;
  /** Default as the server writes it; null for none, and for a default of null. */
  readonly defaultValue: string | null;
  /** MySQL: the server sets it on each update that leaves it out. */
  readonly bumpedOnUpdate: boolean;
  /** Characters of text types. */
  readonly length: number | null;
  /** Digits of numbers, fraction digits of times. */
  readonly precision: number | null;
  readonly scale: number | null;
  readonly collation: string | null;
}

export interface CatalogUniqueIndex {
  readonly name: string;
  /** In index order; empty where it is over expressions. */
  readonly columns: readonly string[];
  /** Holds for some rows only, or for expressions. */
  readonly partial: boolean;
}

export interface CatalogForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly references: TableName;
  readonly referencedColumns: readonly string[];
  /** `NO ACTION`, `RESTRICT`, `CASCADE`, `SET NULL`, `SET DEFAULT`. */
  readonly onDelete: string;
  readonly onUpdate: string;
}

export interface CatalogTrigger {
  readonly name: string;
  /** Of `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`. */
  readonly events: readonly string[];
  /** The trigger and, on PostgreSQL, its function, as the server writes them. */
  readonly definition: string;
}

export interface CatalogTable extends TableName {
  /** In table order. */
  readonly columns: readonly CatalogColumn[];
  /** In key order; empty when there is none. */
  readonly primaryKey: readonly string[];
  /** Besides the primary key. */
  readonly uniqueIndexes: readonly CatalogUniqueIndex[];
  readonly foreignKeys: readonly CatalogForeignKey[];
  /** Enabled ones. MySQL shows them only to users with the TRIGGER right. */
  readonly triggers: readonly CatalogTrigger[];
}

/**
 * What the server knows of these tables, in one shape for every engine. Tables that do not exist, or that the user may
 * not see, are left out; the others come in the order asked for.
 */
export async function readCatalog(
  connection: DatabaseConnection,
  tables: readonly TableName[],
): Promise<readonly CatalogTable[]> {
  if (tables.length === 0) return [];
  const found =
    connection.family === 'postgres'
      ? await readPostgresCatalog(connection.client, tables)
      : await readMysqlCatalog(connection.client, tables);
  return tables.flatMap(({ schema, table }) =>
    found.filter((candidate) => candidate.schema === schema && candidate.table === table),
  );
}
