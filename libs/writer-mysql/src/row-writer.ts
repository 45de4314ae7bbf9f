import type { RowKey } from '@rowbridge/change-event';
import {
  boundKey,
  groupByColumns,
  hasSyncSource,
  inKeyOrder,
  keyPredicate,
  quoteMysqlIdentifier,
  readMysqlRows,
  RowLocks,
  syncSourceColumn,
} from '@rowbridge/database-access';
import type { BoundTable, ColumnGroup } from '@rowbridge/database-access';
import type { RowInsert, RowRemoval, RowUpdate, RowWriter } from '@rowbridge/pipeline';
import { boundRows } from './bound-rows.js';
import { findHolders } from './find-holders.js';
import { inputRows } from './input-rows.js';
import { insertGenerated } from './insert-generated.js';
import { isLong } from './long-values.js';
import { matchInput } from './match-input.js';
import { splitByPacket } from './packet-split.js';
import { boundTable } from './target-context.js';
import type { TransactionContext } from './target-context.js';

/** Rows of the target. No statement can touch a row it does not name by primary key: never ON DUPLICATE KEY UPDATE. */
export function createRowWriter(context: TransactionContext): RowWriter {
  const locks = new RowLocks((table, keys) => readMysqlRows(context.run, table, { keys, lock: true }));
  return {
    async readForUpdate(plannedTable, keys) {
      const table = boundTable(context, plannedTable);
      const rows = await readMysqlRows(context.run, table, { keys, lock: true });
      locks.note(table, keys);
      return rows;
    },
    findHolders: (plannedTable, columns, tuples) =>
      findHolders(context, boundTable(context, plannedTable), { columns, tuples }),
    async insert(plannedTable, rows) {
      const table = boundTable(context, plannedTable);
      const answered: RowKey[] = rows.map(({ key }) => key ?? '');
      const explicit = rows.filter((row): row is RowInsert & { key: RowKey } => row.key !== null);
      for (const group of groupByColumns(table, inKeyOrder(table, explicit))) {
        await insertExplicit(context, table, group);
      }
      const generated = rows.map((row, index) => ({ ...row, index })).filter(({ key }) => key === null);
      for (const group of groupByColumns(table, generated)) {
        const keys = await insertGenerated(context, table, group);
        group.rows.forEach(({ index }, position) => (answered[index] = keys[position] as RowKey));
      }
      locks.note(table, answered);
      return answered;
    },
    async update(plannedTable, rows) {
      const table = boundTable(context, plannedTable);
      await locks.take(
        table,
        rows.map(({ key }) => key),
      );
      for (const part of [rows.filter(keepsKey), rows.filter((row) => !keepsKey(row))])
        for (const group of groupByColumns(table, inKeyOrder(table, part)))
          await updateGroup(context, table, group);
    },
    async remove(plannedTable, rows) {
      const table = boundTable(context, plannedTable);
      await locks.take(
        table,
        rows.map(({ key }) => key),
      );
      await removeRows(context, table, inKeyOrder(table, rows));
    },
  };
}

function keepsKey({ newKey }: RowUpdate): boolean {
  return newKey === undefined;
}

async function insertExplicit(
  context: TransactionContext,
  table: BoundTable,
  group: ColumnGroup<RowInsert & { readonly key: RowKey }>,
): Promise<void> {
  const { names, rows } = boundRows(table, group);
  const keyNames = table.key.map(({ name }) => quoteMysqlIdentifier(name));
  const keyed = rows.map((row, index) => [
    ...boundKey(table, (group.rows[index] as { key: RowKey }).key),
    ...row,
  ]);
  for (const part of splitByPacket(keyed, context.server.maxPacketBytes, table.label)) {
    await context.run({
      text: `insert into ${table.sqlName} (${[...keyNames, ...names].join(', ')}) values ?`,
      values: [part],
      operation: 'insert_rows',
      table: table.label,
    });
  }
}

/** All rows of the group change their keys, or none. */
async function updateGroup(
  context: TransactionContext,
  table: BoundTable,
  group: ColumnGroup<RowUpdate>,
): Promise<void> {
  const { names, rows } = boundRows(table, group);
  const changesKeys = group.rows.some((row) => !keepsKey(row));
  if (names.length === 0 && !changesKeys) return;
  const keyNames = changesKeys ? table.key.map(({ name }) => quoteMysqlIdentifier(name)) : [];
  const keyed = rows.map((row, index) => {
    const { key, newKey } = group.rows[index] as RowUpdate;
    return [...boundKey(table, key), ...(newKey === undefined ? [] : boundKey(table, newKey)), ...row];
  });
  await assignByKey(context, table, { names: [...keyNames, ...names], keyed, operation: 'update_rows' });
}

interface Assignment {
  /** Columns to set, quoted. */
  readonly names: readonly string[];
  /** Rows of key values and then the columns' values. */
  readonly keyed: readonly (readonly unknown[])[];
  readonly operation: string;
}

async function assignByKey(
  context: TransactionContext,
  table: BoundTable,
  assignment: Assignment,
): Promise<void> {
  const { names, operation } = assignment;
  const keyLength = table.key.length;
  const keys = table.key.map((column, index) => matchInput(table, column, `input.c${index}`));
  const assign = (
    rows: readonly (readonly unknown[])[],
    set: (index: number) => string,
  ): Promise<unknown> => {
    const input = inputRows(
      context.server,
      rows.map((row) => (isLong(row) ? row.slice(0, keyLength) : row)),
    );
    const values = names.map((name, index) => `target.${name} = ${set(index)}`);
    return context.run({
      text: `update ${input.text} straight_join ${table.sqlName} target on ${keys.join(' and ')}
        set ${values.join(', ')}`,
      values: [...input.values, ...rows.flatMap((row) => (isLong(row) ? row.slice(keyLength) : []))],
      operation,
      table: table.label,
    });
  };
  const short = assignment.keyed.filter((row) => !isLong(row));
  const { maxPacketBytes } = context.server;
  for (const part of splitByPacket(short, maxPacketBytes, table.label)) {
    await assign(part, (index) => `input.c${keyLength + index}`);
  }
  const long = assignment.keyed.filter(isLong);
  for (const row of splitByPacket(long, maxPacketBytes, table.label).flat()) await assign([row], () => '?');
}

async function removeRows(
  context: TransactionContext,
  table: BoundTable,
  rows: readonly RowRemoval[],
): Promise<void> {
  if (rows.length === 0) return;
  const stamped = hasSyncSource(table) ? rows.filter(({ stamp }) => stamp !== null) : [];
  await assignByKey(context, table, {
    names: [quoteMysqlIdentifier(syncSourceColumn)],
    keyed: stamped.map(({ key, stamp }) => [...boundKey(table, key), stamp]),
    operation: 'stamp_removal',
  });
  const removed = keyPredicate(
    table,
    rows.map(({ key }) => key),
  );
  await context.run({
    text: `delete from ${table.sqlName} where ${removed.text}`,
    values: removed.values,
    operation: 'remove_rows',
    table: table.label,
  });
}
