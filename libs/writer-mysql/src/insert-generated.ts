import type { RowImage, RowKey } from '@rowbridge/change-event';
import {
  columnFactsOf,
  hasSyncSource,
  quoteMysqlIdentifier,
  syncSourceColumn,
} from '@rowbridge/database-access';
import type { BoundTable, ColumnGroup, TypedColumn } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import { boundRows } from './bound-rows.js';
import { splitByPacket } from './packet-split.js';
import type { TransactionContext } from './target-context.js';

type Insertion = { readonly values: RowImage; readonly stamp: string | null };

/** Inserts rows without keys and answers the ones the server assigned, in input order. */
export async function insertGenerated(
  context: TransactionContext,
  table: BoundTable,
  group: ColumnGroup<Insertion>,
): Promise<readonly RowKey[]> {
  const [keyColumn, ...others] = table.key as [TypedColumn, ...TypedColumn[]];
  if (others.length > 0 || !columnFactsOf(table, keyColumn.name).autoIncrement) {
    throw new RowbridgeError('schema_incompatible', `${table.label} does not assign its keys by itself`, {
      details: { table: table.label, column: keyColumn.name },
      whatToDo: 'Make the key column auto_increment.',
    });
  }
  const { names, rows } = boundRows(table, group);
  const keys: RowKey[] = [];
  for (const part of splitByPacket(rows, context.server.maxPacketBytes, table.label)) {
    const stamps = group.rows.slice(keys.length, keys.length + part.length).map(({ stamp }) => stamp);
    keys.push(...(await insertPart(context, table, { names, rows: part, stamps })));
  }
  return keys;
}

interface InsertPart {
  readonly names: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly stamps: readonly (string | null)[];
}

/** MariaDB answers the keys itself; MySQL the first, and promises that those of one plain insert follow each other. */
async function insertPart(
  context: TransactionContext,
  table: BoundTable,
  part: InsertPart,
): Promise<readonly RowKey[]> {
  const keyName = quoteMysqlIdentifier((table.key[0] as TypedColumn).name);
  const returning = context.server.engine === 'mariadb' ? `returning ${keyName}` : '';
  const outcome = await context.run({
    text: `insert into ${table.sqlName} (${part.names.join(', ')}) values ? ${returning}`,
    values: [part.rows],
    operation: 'insert_rows',
    table: table.label,
  });
  if (context.server.engine === 'mariadb') return outcome.rows.map(([key]) => key as RowKey);
  const first = BigInt(outcome.firstKey);
  const keys = part.rows.map((_row, index) =>
    (first + BigInt(index) * context.server.autoIncrementIncrement).toString(),
  );
  if (keys.length > 1) await requireStampsAt(context, table, { keys, stamps: part.stamps });
  return keys;
}

/** Reads the first and last row back by their stamps: a broken promise would link every row to a stranger. */
async function requireStampsAt(
  context: TransactionContext,
  table: BoundTable,
  { keys, stamps }: { readonly keys: readonly RowKey[]; readonly stamps: readonly (string | null)[] },
): Promise<void> {
  if (!hasSyncSource(table)) return;
  const keyName = quoteMysqlIdentifier((table.key[0] as TypedColumn).name);
  const ends = [0, keys.length - 1];
  const outcome = await context.run({
    text: `select ${quoteMysqlIdentifier(syncSourceColumn)} from ${table.sqlName} where ${keyName} in (?)
      order by ${keyName}`,
    values: [ends.map((index) => BigInt(keys[index] as RowKey))],
    operation: 'verify_keys',
    table: table.label,
  });
  const found = outcome.rows.map(([stamp]) => stamp);
  const wanted = ends.map((index) => stamps[index] ?? null);
  if (found.length !== wanted.length || found.some((stamp, index) => stamp !== wanted[index])) {
    throw new RowbridgeError(
      'internal_error',
      `the keys assigned to rows of ${table.label} do not follow each other`,
      {
        details: { table: table.label },
        whatToDo: 'Check for triggers on the table and for auto_increment_increment changed while running.',
      },
    );
  }
}
