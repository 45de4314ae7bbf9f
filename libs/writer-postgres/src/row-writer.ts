import type { LogicalValue, RowKey } from '@rowbridge/change-event';
import { parseRowKey } from '@rowbridge/change-event';
import {
  columnFactsOf,
  compareRowKeys,
  groupByColumns,
  hasSyncSource,
  inKeyOrder,
  inputValue,
  keyJoin,
  keyTypes,
  mappedColumn,
  postgresSelection,
  quotePostgresIdentifier,
  readPostgresRows,
  rowKeyFromServerText,
  RowLocks,
  syncSourceColumn,
  unnestInput,
} from '@rowbridge/database-access';
import type { BoundTable, ColumnGroup, TypedColumn } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { RowInsert, RowRemoval, RowUpdate, RowWriter } from '@rowbridge/pipeline';
import { bindValue } from './bind-value.js';
import { requireKept } from './require-kept.js';
import type { BoundColumn } from './require-kept.js';
import { keepSequenceAhead } from './key-sequence.js';
import { boundTable } from './target-context.js';
import type { TransactionContext } from './target-context.js';

/** Rows of the target: set-based statements over arrays, one array a column, values cast by the server. */
export function createRowWriter(context: TransactionContext): RowWriter {
  const locks = new RowLocks((table, keys) => readPostgresRows(context.run, table, { keys, lock: true }));
  return {
    async readForUpdate(plannedTable, keys) {
      const table = boundTable(context, plannedTable);
      const rows = await readPostgresRows(context.run, table, { keys, lock: true });
      locks.note(table, keys);
      return rows;
    },
    findHolders: (plannedTable, columns, tuples) =>
      findHolders(context, boundTable(context, plannedTable), { columns, tuples }),
    async insert(plannedTable, rows) {
      const table = boundTable(context, plannedTable);
      const answered: RowKey[] = rows.map(({ key }) => key ?? '');
      const numbered = rows.map((row, index) => ({ ...row, index }));
      const explicit = numbered.filter((row) => row.key !== null);
      const byKey = compareRowKeys(table);
      explicit.sort((left, right) => byKey(left.key as RowKey, right.key as RowKey));
      for (const group of groupByColumns(table, explicit)) await insertExplicit(context, table, group);
      await keepSequenceAhead(
        context,
        table,
        explicit.map(({ key }) => key as RowKey),
      );
      for (const group of groupByColumns(
        table,
        numbered.filter((row) => row.key === null),
      )) {
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

function boundColumns<Row extends RowInsert | RowUpdate>(
  table: BoundTable,
  group: ColumnGroup<Row>,
): BoundColumn[] {
  const columns = group.columns.map((column): BoundColumn => ({
    sqlName: quotePostgresIdentifier(column.name),
    typeName: columnFactsOf(table, column.name).typeName,
    rewrites: columnFactsOf(table, column.name).rewrites,
    values: group.rows.map(({ values }) => bindValue(table, column, values[column.name] as LogicalValue)),
  }));
  return group.stamped && hasSyncSource(table) ? [...columns, stampColumn(group.rows)] : columns;
}

function stampColumn(rows: readonly { readonly stamp: string | null }[]): BoundColumn {
  return {
    sqlName: quotePostgresIdentifier(syncSourceColumn),
    typeName: 'text',
    rewrites: false,
    values: rows.map(({ stamp }) => stamp),
  };
}

function keyColumns(table: BoundTable, keys: readonly RowKey[]): BoundColumn[] {
  const names = table.key.map(({ name }) => name);
  const parsed = keys.map((key) => parseRowKey(names, key));
  return table.key.map((column, index) => ({
    sqlName: quotePostgresIdentifier(column.name),
    typeName: columnFactsOf(table, column.name).typeName,
    rewrites: columnFactsOf(table, column.name).rewrites,
    values: parsed.map((values) => bindValue(table, column, values[index] ?? null)),
  }));
}

async function insertExplicit(
  context: TransactionContext,
  table: BoundTable,
  group: ColumnGroup<RowInsert>,
): Promise<void> {
  const columns = [
    ...keyColumns(
      table,
      group.rows.map(({ key }) => key as RowKey),
    ),
    ...boundColumns(table, group),
  ];
  await requireKept(context, table, columns);
  await context.run({
    text: `insert into ${table.sqlName} (${columns.map(({ sqlName }) => sqlName).join(', ')})
      overriding system value
      select ${inputValues(columns).join(', ')} from ${unnestInput(columns.map(({ typeName }) => typeName))}`,
    values: columns.map(({ values }) => values),
    operation: 'insert_rows',
    write: 'insert',
    table: table.label,
  });
}

/** The input's columns as values of their types, in order. */
function inputValues(columns: readonly BoundColumn[], first = 0): readonly string[] {
  return columns.map(({ typeName }, index) => inputValue(typeName, `input.c${first + index}`));
}

/** Keys are drawn first and then written, so the answer is in input order by construction and not by habit. */
async function insertGenerated(
  context: TransactionContext,
  table: BoundTable,
  group: ColumnGroup<RowInsert>,
): Promise<readonly RowKey[]> {
  const [keyColumn, ...others] = table.key as [TypedColumn, ...TypedColumn[]];
  const { keyExpression } = columnFactsOf(table, keyColumn.name);
  if (others.length > 0 || keyExpression === null) {
    throw new RowbridgeError('schema_incompatible', `${table.label} does not assign its keys by itself`, {
      details: { table: table.label, column: keyColumn.name },
      whatToDo: 'Give the key column a sequence (identity or bigserial).',
    });
  }
  const columns = boundColumns(table, group);
  await requireKept(context, table, columns);
  const names = [quotePostgresIdentifier(keyColumn.name), ...columns.map(({ sqlName }) => sqlName)].join(
    ', ',
  );
  const fields = ['input.key_value', ...inputValues(columns)].join(', ');
  const input =
    columns.length > 0
      ? unnestInput(
          columns.map(({ typeName }) => typeName),
          { ordinality: true },
        )
      : 'generate_series(1, $1::bigint) as input(ordinal)';
  const outcome = await context.run({
    text: `with numbered as materialized (select ${keyExpression} as key_value, input.* from ${input}),
      written as (
        insert into ${table.sqlName} (${names}) overriding system value
        select ${fields} from numbered input order by ordinal
      )
      select key_value from numbered order by ordinal`,
    values: columns.length > 0 ? columns.map(({ values }) => values) : [group.rows.length],
    operation: 'insert_rows',
    write: 'insert',
    table: table.label,
  });
  return outcome.rows.map(([key]) => key as RowKey);
}

/** All rows of the group change their keys, or none. */
async function updateGroup(
  context: TransactionContext,
  table: BoundTable,
  group: ColumnGroup<RowUpdate>,
): Promise<void> {
  const newKeys = group.rows.flatMap(({ newKey }) => newKey ?? []);
  const columns = [...(newKeys.length > 0 ? keyColumns(table, newKeys) : []), ...boundColumns(table, group)];
  if (columns.length === 0) return;
  const keys = keyColumns(
    table,
    group.rows.map(({ key }) => key),
  );
  await requireKept(context, table, columns);
  const values = inputValues(columns, keys.length);
  const assignments = columns.map(({ sqlName }, index) => `${sqlName} = ${values[index] as string}`);
  await context.run({
    text: `update ${table.sqlName} target set ${assignments.join(', ')}
      from ${unnestInput([...keys, ...columns].map(({ typeName }) => typeName))} where ${keyJoin(table)}`,
    values: [...keys, ...columns].map(({ values }) => values),
    operation: 'update_rows',
    write: 'update',
    table: table.label,
  });
}

async function removeRows(
  context: TransactionContext,
  table: BoundTable,
  rows: readonly RowRemoval[],
): Promise<void> {
  if (rows.length === 0) return;
  const stamped = hasSyncSource(table) ? rows.filter(({ stamp }) => stamp !== null) : [];
  if (stamped.length > 0) {
    const columns = [
      ...keyColumns(
        table,
        stamped.map(({ key }) => key),
      ),
      stampColumn(stamped),
    ];
    await context.run({
      text: `update ${table.sqlName} target set ${quotePostgresIdentifier(syncSourceColumn)} = input.c${columns.length - 1}
        from ${unnestInput(columns.map(({ typeName }) => typeName))} where ${keyJoin(table)}`,
      values: columns.map(({ values }) => values),
      operation: 'stamp_removal',
      write: 'update',
      table: table.label,
    });
  }
  await context.run({
    text: `delete from ${table.sqlName} target using ${unnestInput(keyTypes(table))} where ${keyJoin(table)}`,
    values: keyColumns(
      table,
      rows.map(({ key }) => key),
    ).map(({ values }) => values),
    operation: 'remove_rows',
    write: 'delete',
    table: table.label,
  });
}

async function findHolders(
  context: TransactionContext,
  table: BoundTable,
  request: { readonly columns: readonly string[]; readonly tuples: readonly (readonly string[])[] },
): Promise<ReadonlyMap<number, RowKey>> {
  if (request.tuples.length === 0) return new Map();
  const values = request.columns.map((name, index) => {
    const column = mappedColumn(table, name);
    return request.tuples.map((tuple) => bindValue(table, column, tuple[index] as string));
  });
  const keys = table.key.map(({ name }) => `target.${quotePostgresIdentifier(name)}`);
  const selected = keys.map((name, index) =>
    postgresSelection(name, columnFactsOf(table, (table.key[index] as TypedColumn).name)),
  );
  const types = request.columns.map((name) => columnFactsOf(table, name).typeName);
  const matches = request.columns.map(
    (name, index) =>
      `target.${quotePostgresIdentifier(name)} = ${inputValue(types[index] as string, `input.c${index}`)}`,
  );
  const outcome = await context.run({
    text: `select distinct on (input.ordinal) input.ordinal, ${selected.join(', ')}
      from ${unnestInput(types, { ordinality: true })}
      join ${table.sqlName} target on ${matches.join(' and ')}
      order by input.ordinal, ${keys.join(', ')}`,
    values,
    operation: 'find_holders',
    table: table.label,
  });
  return new Map(
    outcome.rows.map(([ordinal, ...key]) => [
      Number(ordinal) - 1,
      rowKeyFromServerText(table, key, 'postgres'),
    ]),
  );
}
