import { keyStatesFrom } from '@rowbridge/database-access';
import type { KeyRegister } from '@rowbridge/pipeline';
import type { TransactionContext } from './target-context.js';

// Three index look-ups a key: the limit, which a unique key cannot reach, keeps them from becoming scans.
const readKeys = `
  select 'version', input.row_key, found.* from unnest($4::text[]) as input (row_key)
  cross join lateral (
    select source_position, spent_stamp, case when deleted then '1' end, generation::text
    from rowbridge.row_versions where direction = $1 and table_name = $2 and row_key = input.row_key limit 1) as found
  union all
  select 'twin', input.row_key, found.target_id, null, null, null from unnest($4::text[]) as input (row_key)
  cross join lateral (
    select target_id from rowbridge.entity_mappings where entity = $3 and source_id = input.row_key limit 1) as found
  union all
  select 'look', input.row_key, null, null, null, null from unnest($4::text[]) as input (row_key)
  cross join lateral (
    select 1 from rowbridge.second_looks
    where direction = $1 and table_name = $2 and row_key = input.row_key limit 1) as found`;

// greatest() passes over nulls.
const saveKeys = `
  insert into rowbridge.row_versions as version
    (direction, table_name, row_key, source_position, spent_stamp, deleted, generation)
  select $1, $2, input.*
  from unnest($3::text[], $4::text[], $5::text[], $6::boolean[], $7::integer[]) as input
  on conflict (direction, table_name, row_key) do update
  set source_position = greatest(version.source_position, excluded.source_position),
    spent_stamp = greatest(version.spent_stamp, excluded.spent_stamp),
    deleted = excluded.deleted, generation = greatest(version.generation, excluded.generation)`;

// An update that changes nothing: it locks the rows that are there, and waits for those another transaction enters.
const lockKeys = `
  insert into rowbridge.row_versions as version (direction, table_name, row_key, deleted, generation)
  select $1, $2, input.row_key, false, 0 from unnest($3::text[]) as input (row_key)
  on conflict (direction, table_name, row_key) do update set generation = version.generation`;

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
      return keyStatesFrom(outcome.rows);
    },
    async lock(table, keys) {
      if (keys.length === 0) return;
      await run({
        text: lockKeys,
        values: [plan.name, table.source.table, [...keys].sort()],
        operation: 'lock_keys',
        table: 'rowbridge.row_versions',
      });
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
