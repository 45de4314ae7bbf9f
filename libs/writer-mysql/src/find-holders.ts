import type { RowKey } from '@rowbridge/change-event';
import {
  mappedColumn,
  quoteMysqlIdentifier,
  requireHoldable,
  rowKeyFromServerText,
} from '@rowbridge/database-access';
import type { BoundTable, TypedColumn } from '@rowbridge/database-access';
import { bindValue } from './bind-value.js';
import { inputRows } from './input-rows.js';
import { matchInput } from './match-input.js';
import type { TransactionContext } from './target-context.js';

/**
 * Which row holds each tuple, compared in the columns' own collations as their unique index compares. The type of the
 * compared input is stated for each column: left to itself the server compares text with numbers as floats.
 */
export async function findHolders(
  context: TransactionContext,
  table: BoundTable,
  request: { readonly columns: readonly string[]; readonly tuples: readonly (readonly string[])[] },
): Promise<ReadonlyMap<number, RowKey>> {
  if (request.tuples.length === 0) return new Map();
  const columns = request.columns.map((name) => mappedColumn(table, name));
  const input = inputRows(
    context.server,
    request.tuples.map((tuple, ordinal) => [
      ordinal,
      ...columns.map((column, index) => compared(table, column, tuple[index] as string)),
    ]),
  );
  const matches = columns.map((column, index) => matchInput(table, column, `input.c${index + 1}`));
  const keys = table.key.map(({ name }) => `target.${quoteMysqlIdentifier(name)}`).join(', ');
  const outcome = await context.run({
    text: `select input.c0, ${keys} from ${input.text} straight_join ${table.sqlName} target on ${matches.join(' and ')}
      order by input.c0, ${keys}`,
    values: input.values,
    operation: 'find_holders',
    table: table.label,
  });
  const holders = new Map<number, RowKey>();
  for (const [ordinal, ...key] of outcome.rows) {
    if (!holders.has(Number(ordinal))) {
      holders.set(Number(ordinal), rowKeyFromServerText(table, key, 'mysql'));
    }
  }
  return holders;
}

function compared(table: BoundTable, column: TypedColumn, value: string): unknown {
  requireHoldable(table, column, value);
  return column.type === 'int64' || column.type === 'uint64'
    ? BigInt(value)
    : bindValue(table, column, value);
}
