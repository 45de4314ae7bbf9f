import { fromMysqlError } from '@rowbridge/errors';
import type { RowbridgeError } from '@rowbridge/errors';
import type { Pool, PoolConnection } from 'mysql2/promise';
import { sqlList } from './sql-list.js';

/** One statement and what to call it when it fails. The driver binds `?`, nested arrays as `(…), (…)`. */
export interface MysqlStatement {
  readonly text: string;
  readonly values?: readonly unknown[];
  /** In words, as `insert_rows`. */
  readonly operation: string;
  /** `schema.table`. */
  readonly table?: string;
}

/** Text as the server prints it; Buffers for binary columns. */
export type MysqlRow = readonly (string | Buffer | null)[];

export interface MysqlOutcome {
  readonly rows: readonly MysqlRow[];
  /** Rows found, for updates (CLIENT_FOUND_ROWS); inserted, for inserts. */
  readonly affected: number;
  /** First key an insert assigned, in decimal; `0` where none. */
  readonly firstKey: string;
}

/** @throws RowbridgeError for whatever the driver or the server raises; its details name table and operation */
export type RunMysql = (statement: MysqlStatement) => Promise<MysqlOutcome>;

/** A server that has gone silent is given up after this; its own limits on statements come first. */
const silenceMs = 65_000;

export function runOnMysql(connection: Pick<Pool | PoolConnection, 'query'>): RunMysql {
  return async (statement) => {
    try {
      const query = { sql: statement.text, rowsAsArray: true, timeout: silenceMs };
      const [answer] = await connection.query(query, (statement.values ?? []).map(boundValue));
      if (Array.isArray(answer)) {
        return { rows: answer as unknown as MysqlRow[], affected: answer.length, firstKey: '0' };
      }
      return { rows: [], affected: Number(answer.affectedRows), firstKey: String(answer.insertId) };
    } catch (error) {
      throw mysqlFailure(error, statement);
    }
  };
}

function boundValue(value: unknown): unknown {
  return Array.isArray(value) ? sqlList(value) : value;
}

/** Whatever a driver or server raised during the statement, as a RowbridgeError without row values. */
export function mysqlFailure(
  error: unknown,
  { operation, table }: Pick<MysqlStatement, 'operation' | 'table'>,
): RowbridgeError {
  return fromMysqlError(error, {
    problem: `the MySQL or MariaDB server refused or failed ${operation}`,
    details: { operation, ...(table !== undefined && { table }) },
  });
}
