import { keyStatesFrom } from '@rowbridge/database-access';
import type { KeyRegister } from '@rowbridge/pipeline';
import type { TransactionContext } from './target-context.js';

const table = 'rowbridge.row_versions';

const key = 'convert(row_key using utf8mb4)';

const readKeys = `
  select 'version', ${key}, source_position, spent_stamp, deleted, generation
  from rowbridge.row_versions where direction = ? and table_name = ? and row_key in (?)
  union all
  select 'twin', convert(source_id using utf8mb4), convert(target_id using utf8mb4), null, null, null
  from rowbridge.entity_mappings where entity = ? and source_id in (?)
  union all
  select 'look', ${key}, null, null, null, null
  from rowbridge.second_looks where direction = ? and table_name = ? and row_key in (?)`;

// This table has one unique key, its primary key, so no other row can be meant. Positions are compared as their text.
const saveKeys = `
  insert into ${table} (direction, table_name, row_key, source_position, spent_stamp, deleted, generation)
  values ?
  on duplicate key update
    source_position = nullif(greatest(coalesce(source_position, ''), coalesce(values(source_position), '')), ''),
    spent_stamp = nullif(greatest(coalesce(spent_stamp, ''), coalesce(values(spent_stamp), '')), ''),
    deleted = values(deleted), generation = greatest(generation, values(generation))`;

// An update that changes nothing: it locks the rows that are there, and waits for those another transaction enters.
const lockKeys = `
  insert into ${table} (direction, table_name, row_key, deleted, generation) values ?
  on duplicate key update generation = ${table}.generation`;

/** What is known of source keys (I3): one read, one write. */
export function createKeyRegister({ run, plan }: TransactionContext): KeyRegister {
  return {
    async read(plannedTable, keys) {
      if (keys.length === 0) return new Map();
      const place = [plan.name, plannedTable.source.table];
      const outcome = await run({
        text: readKeys,
        values: [...place, keys, plannedTable.entity, keys, ...place, keys],
        operation: 'read_keys',
        table,
      });
      return keyStatesFrom(outcome.rows as readonly (readonly (string | null)[])[]);
    },
    async lock(plannedTable, keys) {
      if (keys.length === 0) return;
      await run({
        text: lockKeys,
        values: [[...keys].sort().map((rowKey) => [plan.name, plannedTable.source.table, rowKey, false, 0])],
        operation: 'lock_keys',
        table,
      });
    },
    async save(plannedTable, changes) {
      if (changes.length === 0) return;
      const ordered = [...changes].sort((left, right) => (left.key < right.key ? -1 : 1));
      await run({
        text: saveKeys,
        values: [
          ordered.map((change) => [
            plan.name,
            plannedTable.source.table,
            change.key,
            change.position,
            change.spentStamp,
            change.deleted,
            change.generation,
          ]),
        ],
        operation: 'save_keys',
        table,
      });
    },
  };
}
