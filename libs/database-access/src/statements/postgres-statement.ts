import { fromPostgresError } from '@rowbridge/errors';
import type { RowbridgeError } from '@rowbridge/errors';
import type pg from 'pg';
import { arrayLiteral } from './array-literal.js';

/** One statement and what to call it when it fails. Values are bound; arrays bind as arrays. */
export interface PostgresStatement {
  readonly text: string;
  readonly values?: readonly unknown[];
  /** In words, as `insert_rows`. */
  readonly operation: string;
  /** `schema.table`. */
  readonly table?: string;
  /** Set by statements that write an application's rows: tells the two meanings of a foreign key refusal apart. */
  readonly write?: 'insert' | 'update' | 'delete';
}

export type ServerRow = readonly (string | null)[];

export interface PostgresOutcome {
  /** Values as the text the server prints, in select order. */
  readonly rows: readonly ServerRow[];
  readonly affected: number;
  /** The command tag's verb, such as `COMMIT`. */
  readonly command: string;
}

/** @throws RowbridgeError for whatever the driver or the server raises; its details name table and operation */
export type RunPostgres = (statement: PostgresStatement) => Promise<PostgresOutcome>;

const statementNames = new Map<string, string>();

/** A statement is parsed once a connection. Texts depend on tables and column sets alone, so they are few. */
function statementName(text: string): string {
  let name = statementNames.get(text);
  if (name === undefined) {
    name = `rowbridge_${statementNames.size + 1}`;
    statementNames.set(text, name);
  }
  return name;
}

export function runOnPostgres(connection: Pick<pg.ClientBase | pg.Pool, 'query'>): RunPostgres {
  return async (statement) => {
    const { text, values } = statement;
    try {
      const query: pg.QueryArrayConfig<unknown[]> = values
        ? { text, values: values.map(boundValue), rowMode: 'array', name: statementName(text) }
        : { text, rowMode: 'array' };
      const result = await connection.query<(string | null)[], unknown[]>(query);
      return { rows: result.rows, affected: result.rowCount ?? 0, command: result.command };
    } catch (error) {
      throw postgresFailure(error, statement);
    }
  };
}

function boundValue(value: unknown): unknown {
  return Array.isArray(value) ? arrayLiteral(value) : value;
}

/** Whatever a driver or server raised during the statement, as a RowbridgeError without row values. */
export function postgresFailure(
  error: unknown,
  { operation, table, write }: Pick<PostgresStatement, 'operation' | 'table' | 'write'>,
): RowbridgeError {
  return fromPostgresError(error, {
    problem: `PostgreSQL refused or failed ${operation}`,
    operation: write,
    table: table?.slice(table.indexOf('.') + 1),
    details: { operation, ...(table !== undefined && { table }) },
  });
}
