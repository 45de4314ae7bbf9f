import type { LogicalType } from '@rowbridge/change-event';
import type { ColumnLimits } from './column-limits.js';

/** What the catalog says of one table. Types are named as the server names them, without length or precision. */
export interface TableFacts {
  readonly schema: string;
  readonly table: string;
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  /** In key order; empty where the table has none. */
  readonly primaryKey: readonly string[];
  /** Other unique keys made of plain columns and holding for all rows. */
  readonly uniqueKeys: readonly (readonly string[])[];
}

export interface ColumnFacts {
  readonly name: string;
  /** As text is cast to it: `bigint`, `timestamp with time zone`, `mood`; MySQL's `data_type`. */
  readonly typeName: string;
  /** As the server writes it, with its length: `character varying(255)`, `enum('calm','merry')`. */
  readonly declaredAs: string;
  /** What a change of the column's type must say again for it to stay as it is (MySQL): collation, NOT NULL, default. */
  readonly restated: string;
  /** The logical types its values can be exactly. */
  readonly holds: ReadonlySet<LogicalType>;
  readonly nullable: boolean;
  /** An insert may leave it out: the server has a value for it. */
  readonly hasDefault: boolean;
  /** Computed from other columns: it cannot be written. */
  readonly computed: boolean;
  readonly limits: ColumnLimits;
  /** The server rewrites what is written: only texts it leaves as they are may be (PostgreSQL). */
  readonly rewrites: boolean;
  /** SQL that yields a new key where the database assigns it (PostgreSQL), or null. */
  readonly keyExpression: string | null;
  /** The sequence behind it (PostgreSQL), quoted, or null. */
  readonly sequence: string | null;
  /** Assigned by the server when an insert leaves it out (MySQL's auto_increment). */
  readonly autoIncrement: boolean;
  /** How text is stored and compared (MySQL), or null. */
  readonly characterSet: string | null;
  readonly collation: string | null;
}

/** The bookkeeping column of the source-column guard. */
export const syncSourceColumn = 'sync_source';

export function factsKey(schema: string, table: string): string {
  return JSON.stringify([schema, table]);
}
