import type { ConflictLog } from '@rowbridge/pipeline';
import { splitByPacket } from './packet-split.js';
import type { TransactionContext } from './target-context.js';

const table = 'rowbridge.conflicts';

// The table's only unique key is its primary key: a known id keeps its row as it is.
const recordConflicts = `
  insert into ${table} (conflict_id, pair, entity, direction, source_key, target_key, conflict_type, resolution,
    winning_side, source_row, target_row, generation)
  values ?
  on duplicate key update conflict_id = conflict_id`;

/** Each edit that lost, once. */
export function createConflictLog({ run, server }: TransactionContext): ConflictLog {
  return {
    async record(conflicts) {
      const ordered = [...conflicts].sort((left, right) => (left.id < right.id ? -1 : 1));
      const rows = ordered.map((conflict) => [
        conflict.id,
        conflict.pair,
        conflict.entity,
        conflict.direction,
        conflict.sourceKey,
        conflict.targetKey,
        conflict.type,
        conflict.resolution,
        conflict.winningSide,
        conflict.sourceRow && JSON.stringify(conflict.sourceRow),
        conflict.targetRow && JSON.stringify(conflict.targetRow),
        conflict.generation,
      ]);
      for (const part of splitByPacket(rows, server.maxPacketBytes, table)) {
        await run({ text: recordConflicts, values: [part], operation: 'record_conflicts', table });
      }
    },
  };
}
