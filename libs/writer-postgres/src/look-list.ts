import type { RowKey } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import type { LookEntry, LookList, LookPhase, LookReason, NewLook } from '@rowbridge/pipeline';
import type { TransactionContext } from './target-context.js';

const table = 'rowbridge.second_looks';

// A key listed again is due at once; it becomes doubtful with the first doubtful entry, whose reason it then shows.
// Of the two halves of a key change only one tells what the row was.
const listKeys = `
  insert into rowbridge.second_looks as look (direction, table_name, row_key, reason, blocked, target_digest,
    due_at_ms, phase, attempts, first_seen_ms)
  select $1, $2, input.*, 'listed', 0, $3::bigint
  from unnest($4::text[], $5::text[], $6::boolean[], $7::text[], $8::bigint[]) as input
  on conflict (direction, table_name, row_key) do update
  set due_at_ms = least(look.due_at_ms, excluded.due_at_ms, $3::bigint),
    reason = case when look.blocked and not excluded.blocked then excluded.reason else look.reason end,
    target_digest = case when look.reason = 'key_changed' and excluded.reason = 'key_changed'
      then coalesce(excluded.target_digest, look.target_digest) else look.target_digest end,
    blocked = look.blocked and excluded.blocked`;

const holdKeys = `
  select row_key from rowbridge.second_looks
  where direction = $1 and table_name = $2 and row_key = any($3::text[])
  order by row_key
  for update`;

const takeKeys = `
  select row_key, reason, blocked, target_digest, due_at_ms, phase, noted, attempts, first_seen_ms
  from rowbridge.second_looks
  where direction = $1 and table_name = $2 and due_at_ms <= $3::bigint
  order by due_at_ms, row_key
  limit $4::integer
  for update skip locked`;

// The place comes with the input: as constants it would look, to a server without statistics, like the better index.
const saveKeys = `
  with input as materialized (
    select $1::text as direction, $2::text as table_name, entry.*
    from unnest($3::text[], $4::text[], $5::boolean[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::integer[])
      as entry (row_key, reason, blocked, target_digest, due_at_ms, phase, noted, attempts)
  )
  update rowbridge.second_looks look
  set reason = input.reason, blocked = input.blocked, target_digest = input.target_digest,
    due_at_ms = input.due_at_ms, phase = input.phase, noted = input.noted, attempts = input.attempts
  from input
  where look.direction = input.direction and look.table_name = input.table_name and look.row_key = input.row_key`;

const closeKeys = `
  with input as materialized (
    select $1::text as direction, $2::text as table_name, unnest($3::text[]) as row_key
  )
  delete from rowbridge.second_looks look using input
  where look.direction = input.direction and look.table_name = input.table_name and look.row_key = input.row_key`;

function inKeyOrder<Entry extends NewLook>(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort((left, right) => (left.key < right.key ? -1 : 1));
}

/** Keys in doubt, as {@link LookList} says. */
export function createLookList({ run, plan, now }: TransactionContext): LookList {
  return {
    async list(plannedTable, entries) {
      if (entries.length === 0) return;
      const ordered = inKeyOrder(entries);
      await run({
        text: listKeys,
        values: [
          plan.name,
          plannedTable.source.table,
          Math.floor(now()),
          ordered.map(({ key }) => key),
          ordered.map(({ reason }) => reason),
          ordered.map(({ blocked }) => blocked),
          ordered.map(({ targetDigest }) => targetDigest),
          ordered.map(({ dueAtMs }) => Math.floor(dueAtMs)),
        ],
        operation: 'list_looks',
        table,
      });
    },
    hold: (plannedTable, keys) => holdLooks({ run, plan }, plannedTable, keys),
    async takeDue(plannedTable, { nowMs, limit }) {
      const outcome = await run({
        text: takeKeys,
        values: [plan.name, plannedTable.source.table, Math.floor(nowMs), limit],
        operation: 'take_looks',
        table,
      });
      return outcome.rows.map(lookEntry);
    },
    async save(plannedTable, entries) {
      if (entries.length === 0) return;
      const ordered = inKeyOrder(entries);
      await run({
        text: saveKeys,
        values: [
          plan.name,
          plannedTable.source.table,
          ordered.map(({ key }) => key),
          ordered.map(({ reason }) => reason),
          ordered.map(({ blocked }) => blocked),
          ordered.map(({ targetDigest }) => targetDigest),
          ordered.map(({ dueAtMs }) => Math.floor(dueAtMs)),
          ordered.map(({ phase }) => phase),
          ordered.map(({ noted }) => noted),
          ordered.map(({ attempts }) => attempts),
        ],
        operation: 'save_looks',
        table,
      });
    },
    async close(plannedTable, keys) {
      if (keys.length === 0) return;
      const values = [plan.name, plannedTable.source.table, keys];
      await run({ text: closeKeys, values, operation: 'close_looks', table });
    },
  };
}

function lookEntry(row: readonly (string | null)[]): LookEntry {
  const [key, reason, blocked, targetDigest, dueAtMs, phase, noted, attempts, firstSeenMs] = row;
  return {
    key: key as string,
    reason: reason as LookReason,
    blocked: blocked === 't',
    targetDigest: targetDigest ?? null,
    dueAtMs: Number(dueAtMs),
    phase: phase as LookPhase,
    noted: noted ?? null,
    attempts: Number(attempts),
    firstSeenMs: Number(firstSeenMs),
  };
}

async function holdLooks(
  { run, plan }: Pick<TransactionContext, 'run' | 'plan'>,
  plannedTable: TablePlan,
  keys: readonly RowKey[],
): Promise<ReadonlySet<RowKey>> {
  const outcome = await run({
    text: holdKeys,
    values: [plan.name, plannedTable.source.table, [...keys].sort()],
    operation: 'hold_looks',
    table,
  });
  return new Set(outcome.rows.map(([key]) => key as RowKey));
}
