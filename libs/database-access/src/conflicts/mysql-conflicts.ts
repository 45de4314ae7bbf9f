import type { RunMysql } from '../statements/mysql-statement.js';
import {
  conflictColumns,
  conflictFrom,
  conflictWithRowsFrom,
  type ConflictEntry,
  type ConflictQuery,
  type ConflictWithRows,
} from './conflict-entry.js';

const table = 'rowbridge.conflicts';
const columns = conflictColumns(`date_format(detected_at, '%Y-%m-%dT%H:%i:%s.%fZ')`);

/** A page of the conflicts one database lists, newest first. @throws RowbridgeError as the server raises it */
export async function listMysqlConflicts(
  run: RunMysql,
  query: ConflictQuery,
): Promise<readonly ConflictEntry[]> {
  const conditions: (readonly [condition: string, ...values: unknown[]])[] = [['true']];
  const add = (found: string | undefined, condition: string, ...values: unknown[]): void => {
    if (found !== undefined) conditions.push([condition, ...values]);
  };
  add(query.direction, 'direction = ?', query.direction);
  add(query.entity, 'entity = ?', query.entity);
  add(query.type, 'conflict_type = ?', query.type);
  add(query.resolution, 'resolution = ?', query.resolution);
  add(query.key, '(source_key = ? or target_key = ?)', query.key, query.key);
  add(query.from, 'detected_at >= ?', asTimestamp(query.from));
  add(query.until, 'detected_at < ?', asTimestamp(query.until));
  if (query.after) {
    const at = asTimestamp(query.after.detectedAt);
    conditions.push(['detected_at <= ? and (detected_at < ? or conflict_id < ?)', at, at, query.after.id]);
  }
  const { rows } = await run({
    text: `select ${columns} from ${table} where ${conditions.map(([condition]) => condition).join(' and ')}
      order by detected_at desc, conflict_id desc limit ?`,
    values: [...conditions.flatMap(([, ...values]) => values), query.limit],
    operation: 'list_conflicts',
    table,
  });
  return rows.map(conflictFrom);
}

/** One conflict with its rows, null where this database does not list it. @throws RowbridgeError as the server raises it */
export async function readMysqlConflict(run: RunMysql, id: string): Promise<ConflictWithRows | null> {
  const { rows } = await run({
    text: `select ${columns}, source_row, target_row from ${table} where conflict_id = ?`,
    values: [id],
    operation: 'read_conflict',
    table,
  });
  return rows[0] ? conflictWithRowsFrom(rows[0]) : null;
}

/** The session is in UTC: MySQL takes its own form there, without a zone. */
function asTimestamp(instant: string | undefined): string | undefined {
  return instant?.replace('T', ' ').replace('Z', '');
}
