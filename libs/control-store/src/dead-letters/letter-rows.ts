import type { StoreConnection } from '../store-database.js';
import type { StoreEngine } from '../store-engine.js';
import type { DeadLetterRow } from '../store-tables.js';

const valuesPerQuery = 1_000;

export interface RowsWanted {
  readonly column: 'id' | 'event_key';
  readonly values: readonly string[];
  /** Holds the rows until the transaction ends; SQLite's transactions hold the whole file anyway. */
  readonly lockFor?: StoreEngine;
}

/** Rows whose column holds one of the values, in no order. */
export async function readRowsBy(
  connection: StoreConnection,
  { column, values, lockFor = 'sqlite' }: RowsWanted,
): Promise<readonly DeadLetterRow[]> {
  const rows: DeadLetterRow[] = [];
  for (let start = 0; start < values.length; start += valuesPerQuery) {
    const part = values.slice(start, start + valuesPerQuery);
    const select = connection.selectFrom('dead_letters').selectAll().where(column, 'in', part);
    rows.push(...(await (lockFor === 'sqlite' ? select : select.forUpdate()).execute()));
  }
  return rows;
}

/** Writes every column of an existing row anew. */
export async function replaceRow(connection: StoreConnection, row: DeadLetterRow): Promise<void> {
  const { id, ...columns } = row;
  await connection.updateTable('dead_letters').set(columns).where('id', '=', id).execute();
}
