import { sql, type RawBuilder, type SelectQueryBuilder } from 'kysely';
import type { StoreConnection } from '../store-database.js';
import type { DeadLetterCountRow, StoreTables } from '../store-tables.js';
import type { DeadLetterFilter } from './dead-letter-index.js';

/** Where an entry stands in the list: newest first failure first, then the greater id. */
export interface Position {
  readonly first_failed_at_ms: number;
  readonly id: string;
}

/** Values of the columns that take few of them. */
export type Kind = Partial<Omit<DeadLetterCountRow, 'letters'>>;

/** The combinations to read along the index of all four; null where another index serves better. */
export async function kindsOf(
  connection: StoreConnection,
  filter: DeadLetterFilter,
): Promise<readonly Kind[] | null> {
  if (filter.keyDigest !== undefined) return null;
  const { direction, table, errorCode, statuses } = filter;
  if (direction === undefined && table === undefined && errorCode === undefined) {
    return statuses === undefined ? null : [...new Set(statuses)].map((status) => ({ status }));
  }
  return countsMatching(connection, filter);
}

export async function countsMatching(
  connection: StoreConnection,
  { direction, table, errorCode, statuses }: DeadLetterFilter,
): Promise<readonly DeadLetterCountRow[]> {
  let select = connection.selectFrom('dead_letter_counts').selectAll().where('letters', '>', 0);
  if (direction !== undefined) select = select.where('direction', '=', direction);
  if (table !== undefined) select = select.where('entity', '=', table);
  if (errorCode !== undefined) select = select.where('error_code', '=', errorCode);
  if (statuses !== undefined) select = select.where('status', 'in', [...statuses]);
  return select.execute();
}

/** Entries of one kind, or of any, behind a position. */
export interface StreamStart {
  readonly query: DeadLetterFilter;
  readonly kind: Kind | null;
  readonly after: Position | null;
}

/** A column that no index is used for: SQLite would take the one that most columns have a condition on. */
function judged(column: keyof Kind): RawBuilder<string> {
  return sql<string>`coalesce(${sql.ref(column)}, '')`;
}

/** The time's own bound lets every engine seek in the index; the rest of the condition settles ties. */
export function orderedStream(
  connection: StoreConnection,
  { query, kind, after }: StreamStart,
): SelectQueryBuilder<StoreTables, 'dead_letters', Position> {
  let select = connection.selectFrom('dead_letters').select(['first_failed_at_ms', 'id']);
  if (query.keyDigest !== undefined) {
    select = select.where('key_digest', '=', query.keyDigest);
    if (query.direction !== undefined) select = select.where(judged('direction'), '=', query.direction);
    if (query.table !== undefined) select = select.where(judged('entity'), '=', query.table);
    if (query.errorCode !== undefined) select = select.where(judged('error_code'), '=', query.errorCode);
    if (query.statuses !== undefined) select = select.where(judged('status'), 'in', [...query.statuses]);
  }
  for (const column of ['direction', 'entity', 'error_code', 'status'] as const) {
    const wanted = kind?.[column];
    if (wanted !== undefined) select = select.where(column, '=', wanted);
  }
  if (query.fromMs !== undefined) select = select.where('first_failed_at_ms', '>=', query.fromMs);
  if (query.untilMs !== undefined) select = select.where('first_failed_at_ms', '<', query.untilMs);
  if (after !== null) {
    select = select
      .where('first_failed_at_ms', '<=', after.first_failed_at_ms)
      .where(({ eb, or }) =>
        or([eb('first_failed_at_ms', '<', after.first_failed_at_ms), eb('id', '<', after.id)]),
      );
  }
  return select.orderBy('first_failed_at_ms', 'desc').orderBy('id', 'desc');
}
