import type { ConflictLog } from '@rowbridge/pipeline';
import type { TransactionContext } from './target-context.js';

const recordConflicts = `
  insert into rowbridge.conflicts (conflict_id, pair, entity, direction, source_key, target_key, conflict_type,
    resolution, winning_side, source_row, target_row, generation)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::json[], $11::json[], $12::integer[])
  on conflict (conflict_id) do nothing`;

/** Each edit that lost, once. */
export function createConflictLog({ run }: TransactionContext): ConflictLog {
  return {
    async record(conflicts) {
      if (conflicts.length === 0) return;
      const ordered = [...conflicts].sort((left, right) => (left.id < right.id ? -1 : 1));
      await run({
        text: recordConflicts,
        values: [
          ordered.map(({ id }) => id),
          ordered.map(({ pair }) => pair),
          ordered.map(({ entity }) => entity),
          ordered.map(({ direction }) => direction),
          ordered.map(({ sourceKey }) => sourceKey),
          ordered.map(({ targetKey }) => targetKey),
          ordered.map(({ type }) => type),
          ordered.map(({ resolution }) => resolution),
          ordered.map(({ winningSide }) => winningSide),
          ordered.map(({ sourceRow }) => sourceRow && JSON.stringify(sourceRow)),
          ordered.map(({ targetRow }) => targetRow && JSON.stringify(targetRow)),
          ordered.map(({ generation }) => generation),
        ],
        operation: 'record_conflicts',
        table: 'rowbridge.conflicts',
      });
    },
  };
}
