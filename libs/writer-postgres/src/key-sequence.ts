import type { RowKey } from '@rowbridge/change-event';
import type { BoundTable } from '@rowbridge/database-access';
import { columnFactsOf } from '@rowbridge/database-access';
import type { TransactionContext } from './target-context.js';

/**
 * Lets the key's sequence rise above keys that were written explicitly, so that a key it assigns later is free.
 * A short gap is walked with nextval, which never goes back whatever others do meanwhile; only a gap too long for
 * anybody to cross between reading and setting is jumped with setval.
 */
export async function keepSequenceAhead(
  context: TransactionContext,
  table: BoundTable,
  keys: readonly RowKey[],
): Promise<void> {
  const [keyColumn, ...others] = table.key;
  if (!keyColumn || others.length > 0 || keyColumn.type !== 'int64' || keys.length === 0) return;
  const { sequence } = columnFactsOf(table, keyColumn.name);
  if (sequence === null) return;
  const highest = keys.reduce(
    (greatest, key) => (BigInt(key) > greatest ? BigInt(key) : greatest),
    BigInt(keys[0] as string),
  );
  if (highest <= (context.sequenceReached.get(sequence) ?? -1n)) return;
  const outcome = await context.run({
    text: `
      select case
        when reached.value >= $1::bigint then reached.value
        when $1::bigint - reached.value <= 1000 then
          (select max(nextval($2::regclass)) from generate_series(reached.value + 1, $1::bigint))
        else setval($2::regclass, $1::bigint)
      end
      from (select case when is_called then last_value else last_value - 1 end as value from ${sequence}) reached`,
    values: [highest, sequence],
    operation: 'advance_sequence',
    table: table.label,
  });
  context.sequenceReached.set(sequence, BigInt(outcome.rows[0]?.[0] as string));
}
