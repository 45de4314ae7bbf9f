import type { RowKey } from '@rowbridge/change-event';
import type { KeyRegister, KeyState } from '@rowbridge/pipeline';
import type { TransactionContext } from './target-context.js';

const readKeys = `
  select wanted.row_key, version.source_position, version.spent_stamp, version.deleted, version.generation,
    mapping.target_id, look.row_key is not null
  from unnest($4::text[]) as wanted(row_key)
  left join rowbridge.row_versions version
    on version.direction = $1 and version.table_name = $2 and version.row_key = wanted.row_key
  left join rowbridge.entity_mappings mapping on mapping.entity = $3 and mapping.source_id = wanted.row_key
  left join rowbridge.second_looks look
    on look.direction = $1 and look.table_name = $2 and look.row_key = wanted.row_key
  where version.row_key is not null or mapping.source_id is not null or look.row_key is not null`;

// greatest() passes over nulls.
const saveKeys = `
  insert into rowbridge.row_versions as version
    (direction, table_name, row_key, source_position, spent_stamp, deleted, generation)
  select $1, $2, input.*
  from unnest($3::text[], $4::text[], $5::text[], $6::boolean[], $7::integer[]) as input
  on conflict (direction, table_name, row_key) do update
  set source_position = greatest(version.source_position, excluded.source_position),
    spent_stamp = greatest(version.spent_stamp, excluded.spent_stamp),
    deleted = excluded.deleted, generation = excluded.generation`;

/** What is known of source keys (I3): one read, one write. */
export function createKeyRegister({ run, plan }: TransactionContext): KeyRegister {
  return {
    async read(table, keys) {
      if (keys.length === 0) return new Map();
      const outcome = await run({
        text: readKeys,
        values: [plan.name, table.source.table, table.entity, keys],
        operation: 'read_keys',
        table: 'rowbridge.row_versions',
      });
      const states = new Map<RowKey, KeyState>();
      for (const [rowKey, position, spentStamp, deleted, generation, targetKey, awaitsLook] of outcome.rows) {
        const key = rowKey as string;
        states.set(key, {
          key,
          position: position ?? null,
          spentStamp: spentStamp ?? null,
          deleted: deleted === 't',
          generation: Number(generation ?? 0),
          targetKey: targetKey ?? null,
          awaitsLook: awaitsLook === 't',
        });
      }
      return states;
    },
    async save(table, changes) {
      if (changes.length === 0) return;
      const ordered = [...changes].sort((left, right) => (left.key < right.key ? -1 : 1));
      await run({
        text: saveKeys,
        values: [
          plan.name,
          table.source.table,
          ordered.map(({ key }) => key),
          ordered.map(({ position }) => position),
          ordered.map(({ spentStamp }) => spentStamp),
          ordered.map(({ deleted }) => deleted),
          ordered.map(({ generation }) => generation),
        ],
        operation: 'save_keys',
        table: 'rowbridge.row_versions',
      });
    },
  };
}
