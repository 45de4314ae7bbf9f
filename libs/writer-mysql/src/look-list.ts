import type { RowKey } from '@rowbridge/change-event';
import type { LookEntry, LookList, LookPhase, LookReason, NewLook } from '@rowbridge/pipeline';
import { inputRows } from './input-rows.js';
import type { TransactionContext } from './target-context.js';

const table = 'rowbridge.second_looks';

// A key listed again is due at once; it becomes doubtful with the first doubtful entry, whose reason it then shows.
// Of the two halves of a key change only one tells what the row was.
// Assignments see those before them, so `blocked` comes last. The table's only unique key is its primary key.
const listKeys = `
  insert into ${table} (direction, table_name, row_key, reason, blocked, target_digest, due_at_ms, phase, attempts,
    first_seen_ms)
  values ?
  on duplicate key update
    due_at_ms = least(due_at_ms, values(due_at_ms), values(first_seen_ms)),
    target_digest = case when reason = 'key_changed' and values(reason) = 'key_changed'
      then coalesce(values(target_digest), target_digest) else target_digest end,
    reason = case when blocked and not values(blocked) then values(reason) else reason end,
    blocked = blocked and values(blocked)`;

const holdKeys = `
  select convert(row_key using utf8mb4) from ${table}
  where direction = ? and table_name = ? and row_key in (?)
  order by row_key
  for update`;

const takeKeys = `
  select convert(row_key using utf8mb4), reason, blocked, target_digest, due_at_ms, phase, noted, attempts,
    first_seen_ms
  from ${table}
  where direction = ? and table_name = ? and due_at_ms <= ?
  order by due_at_ms, row_key
  limit ?
  for update skip locked`;

const savedColumns = ['reason', 'blocked', 'target_digest', 'due_at_ms', 'phase', 'noted', 'attempts'];

/** Keys in doubt, as {@link LookList} says. */
export function createLookList({ run, plan, now, server }: TransactionContext): LookList {
  return {
    async list(plannedTable, entries) {
      if (entries.length === 0) return;
      const place = [plan.name, plannedTable.source.table];
      const nowMs = Math.floor(now());
      const rows = inKeyOrder(entries).map((entry) => [
        ...place,
        ...[entry.key, entry.reason, entry.blocked, entry.targetDigest, Math.floor(entry.dueAtMs)],
        ...['listed', 0, nowMs],
      ]);
      await run({ text: listKeys, values: [rows], operation: 'list_looks', table });
    },
    async hold(plannedTable, keys) {
      const outcome = await run({
        text: holdKeys,
        values: [plan.name, plannedTable.source.table, [...keys].sort()],
        operation: 'hold_looks',
        table,
      });
      return new Set((outcome.rows as readonly (readonly [RowKey])[]).map(([key]) => key));
    },
    async takeDue(plannedTable, { nowMs, limit }) {
      const outcome = await run({
        text: takeKeys,
        values: [plan.name, plannedTable.source.table, Math.floor(nowMs), limit],
        operation: 'take_looks',
        table,
      });
      return (outcome.rows as readonly (readonly (string | null)[])[]).map(lookEntry);
    },
    async save(plannedTable, entries) {
      if (entries.length === 0) return;
      const rows = inKeyOrder(entries).map((entry) => [
        ...[entry.key, entry.reason, entry.blocked, entry.targetDigest, Math.floor(entry.dueAtMs)],
        ...[entry.phase, entry.noted, entry.attempts],
      ]);
      const input = inputRows(server, rows);
      const assignments = savedColumns.map((column, index) => `look.${column} = input.c${index + 1}`);
      await run({
        text: `update ${input.text} straight_join ${table} look
          on look.direction = ? and look.table_name = ? and look.row_key = cast(input.c0 as binary)
          set ${assignments.join(', ')}`,
        values: [...input.values, plan.name, plannedTable.source.table],
        operation: 'save_looks',
        table,
      });
    },
    async close(plannedTable, keys) {
      if (keys.length === 0) return;
      await run({
        text: `delete from ${table} where direction = ? and table_name = ? and row_key in (?)`,
        values: [plan.name, plannedTable.source.table, [...keys].sort()],
        operation: 'close_looks',
        table,
      });
    },
  };
}

function inKeyOrder<Entry extends NewLook>(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort((left, right) => (left.key < right.key ? -1 : 1));
}

function lookEntry(row: readonly (string | null)[]): LookEntry {
  const [key, reason, blocked, targetDigest, dueAtMs, phase, noted, attempts, firstSeenMs] = row;
  return {
    key: key as string,
    reason: reason as LookReason,
    blocked: blocked === '1',
    targetDigest: targetDigest ?? null,
    dueAtMs: Number(dueAtMs),
    phase: phase as LookPhase,
    noted: noted ?? null,
    attempts: Number(attempts),
    firstSeenMs: Number(firstSeenMs),
  };
}
