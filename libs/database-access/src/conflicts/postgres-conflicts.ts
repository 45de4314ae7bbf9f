import type { RunPostgres } from '../statements/postgres-statement.js';
import {
  conflictColumns,
  conflictFrom,
  conflictWithRowsFrom,
  type ConflictEntry,
  type ConflictQuery,
  type ConflictWithRows,
} from './conflict-entry.js';

const table = 'rowbridge.conflicts';
const columns = conflictColumns(`to_char(detected_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);

/** A page of the conflicts one database lists, newest first. @throws RowbridgeError as the server raises it */
export async function listPostgresConflicts(
  run: RunPostgres,
  query: ConflictQuery,
): Promise<readonly ConflictEntry[]> {
  const { rows } = await run({
    text: `select ${columns} from ${table}
      where ($1::text is null or direction = $1) and ($2::text is null or entity = $2)
        and ($3::text is null or conflict_type = $3) and ($4::text is null or resolution = $4)
        and ($5::text is null or source_key = $5 or target_key = $5)
        and ($6::timestamptz is null or detected_at >= $6) and ($7::timestamptz is null or detected_at < $7)
        and ($8::timestamptz is null or (detected_at, conflict_id) < ($8, $9::text collate "C"))
      order by detected_at desc, conflict_id desc limit $10`,
    values: [
      query.direction ?? null,
      query.entity ?? null,
      query.type ?? null,
      query.resolution ?? null,
      query.key ?? null,
      query.from ?? null,
      query.until ?? null,
      query.after?.detectedAt ?? null,
      query.after?.id ?? null,
      query.limit,
    ],
    operation: 'list_conflicts',
    table,
  });
  return rows.map(conflictFrom);
}

/** One conflict with its rows, null where this database does not list it. @throws RowbridgeError as the server raises it */
export async function readPostgresConflict(run: RunPostgres, id: string): Promise<ConflictWithRows | null> {
  const { rows } = await run({
    text: `select ${columns}, source_row, target_row from ${table} where conflict_id = $1`,
    values: [id],
    operation: 'read_conflict',
    table,
  });
  return rows[0] ? conflictWithRowsFrom(rows[0]) : null;
}
