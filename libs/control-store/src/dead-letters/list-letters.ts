import { sql, type RawBuilder } from 'kysely';
import type { Page } from '../control-store.js';
import { containsPattern } from '../like-pattern.js';
import { cutPage, formatCursor, pageSize, parseCursor } from '../page-cursor.js';
import type { StoreConnection } from '../store-database.js';
import type { DeadLetterCountRow } from '../store-tables.js';
import { searchedPerPage } from './dead-letter-index.js';
import type {
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterQuery,
  ReplayCandidate,
} from './dead-letter-index.js';
import { toDeadLetterEntry } from './dead-letter-row.js';
import { readRowsBy } from './letter-rows.js';

/** Where an entry stands in the list: newest first failure first, then the greater id. */
interface Position {
  readonly first_failed_at_ms: number;
  readonly id: string;
}

/**
 * Every filter but text is answered by reading one index from the position on, a page's length at most: a key has an
 * index of its own; direction, table, error code and status take few values together, so each combination that occurs
 * is read along the index of all four and the results are merged.
 */
export async function listLetters(
  connection: StoreConnection,
  query: DeadLetterQuery,
): Promise<DeadLetterPage> {
  const limit = pageSize(query.limit);
  const after = query.cursor === undefined ? null : positionOf(query.cursor);
  const kinds = await kindsOf(connection, query);
  const streams = kinds ?? [null];
  const mostScanned = Math.max(limit + 1, Math.ceil(searchedPerPage / Math.max(1, streams.length)));
  const parts = await Promise.all(
    streams.map((kind) => readStream(connection, { query, kind, after, limit, mostScanned })),
  );
  const { positions, next } = merge(parts, limit);
  const rows = await readRowsBy(connection, { column: 'id', values: positions.map(({ id }) => id) });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return {
    items: positions.flatMap(({ id }) => {
      const row = byId.get(id);
      return row ? [toDeadLetterEntry(row)] : [];
    }),
    next: next === null ? null : formatCursor([next.first_failed_at_ms, next.id]),
    total: await totalOf(connection, query),
  };
}

function positionOf(cursor: string): Position {
  const [first_failed_at_ms, id] = parseCursor(cursor, ['number', 'string']) as [number, string];
  return { first_failed_at_ms, id };
}

type Kind = Partial<Omit<DeadLetterCountRow, 'letters'>>;

/** The combinations to read along the index of all four; null where another index serves better. */
async function kindsOf(
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

async function countsMatching(
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

async function totalOf(connection: StoreConnection, query: DeadLetterQuery): Promise<number | null> {
  const { keyDigest, fromMs, untilMs, text } = query;
  if ([keyDigest, fromMs, untilMs, text].some((narrower) => narrower !== undefined)) return null;
  const counts = await countsMatching(connection, query);
  return counts.reduce((sum, { letters }) => sum + letters, 0);
}

interface StreamRequest {
  readonly query: DeadLetterQuery;
  readonly kind: Kind | null;
  readonly after: Position | null;
  readonly limit: number;
  /** With text: entries looked through. */
  readonly mostScanned: number;
}

interface StreamPart {
  /** In order; one more than the page's length where there are so many. */
  readonly found: readonly Position[];
  /** The last entry looked through where the search ended before the stream did, else null. */
  readonly endedAt: Position | null;
}

async function readStream(connection: StoreConnection, request: StreamRequest): Promise<StreamPart> {
  const { text } = request.query;
  const ordered = orderedStream(connection, request);
  if (text === undefined) {
    return { found: await ordered.limit(request.limit + 1).execute(), endedAt: null };
  }
  const scanned = ordered.select(['message', 'printable_key']).limit(request.mostScanned).as('scanned');
  const found = await connection
    .selectFrom(scanned)
    .select(['first_failed_at_ms', 'id'])
    .where(contains(text))
    .orderBy('first_failed_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  if (found.length > request.limit) return { found, endedAt: null };
  const last = await ordered
    .offset(request.mostScanned - 1)
    .limit(1)
    .executeTakeFirst();
  return { found, endedAt: last ?? null };
}

/** In the message or the printable key; letters A to Z match in either case. */
function contains(text: string): RawBuilder<boolean> {
  const pattern = containsPattern(text.toLowerCase());
  return sql<boolean>`(lower(message) like ${pattern} escape '!' or lower(printable_key) like ${pattern} escape '!')`;
}

/** The time's own bound lets every engine seek in the index; the rest of the condition settles ties. */
function orderedStream(connection: StoreConnection, { query, kind, after }: StreamRequest) {
  let select = connection.selectFrom('dead_letters').select(['first_failed_at_ms', 'id']);
  if (query.keyDigest !== undefined) {
    select = select.where('key_digest', '=', query.keyDigest);
    if (query.direction !== undefined) select = select.where('direction', '=', query.direction);
    if (query.table !== undefined) select = select.where('entity', '=', query.table);
    if (query.errorCode !== undefined) select = select.where('error_code', '=', query.errorCode);
    if (query.statuses !== undefined) select = select.where('status', 'in', [...query.statuses]);
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

/** What lies beyond the point at which any stream's search ended is left to the next page. */
function merge(
  parts: readonly StreamPart[],
  limit: number,
): { readonly positions: readonly Position[]; readonly next: Position | null } {
  const ends = parts.flatMap(({ endedAt }) => (endedAt === null ? [] : [endedAt])).sort(byPosition);
  const [firstEnd] = ends;
  const found = parts
    .flatMap((part) => part.found)
    .filter((position) => firstEnd === undefined || byPosition(position, firstEnd) <= 0)
    .sort(byPosition);
  const positions = found.slice(0, limit);
  if (found.length > limit) return { positions, next: positions.at(-1) ?? null };
  return { positions, next: firstEnd ?? null };
}

/** As the list orders them. */
function byPosition(first: Position, second: Position): number {
  if (first.first_failed_at_ms !== second.first_failed_at_ms) {
    return second.first_failed_at_ms - first.first_failed_at_ms;
  }
  if (first.id === second.id) return 0;
  return first.id > second.id ? -1 : 1;
}

/** Along the index of sources; filters only thin it out, since a replay goes through all of it. */
export async function listInSourceOrder(
  connection: StoreConnection,
  query: DeadLetterQuery,
): Promise<Page<ReplayCandidate>> {
  const limit = pageSize(query.limit);
  let select = connection
    .selectFrom('dead_letters')
    .select(['id', 'direction', 'source_topic', 'source_partition', 'source_offset'])
    .select(['queue_partition', 'queue_offset']);
  if (query.statuses !== undefined) select = select.where('status', 'in', [...query.statuses]);
  if (query.direction !== undefined) select = select.where('direction', '=', query.direction);
  if (query.table !== undefined) select = select.where('entity', '=', query.table);
  if (query.errorCode !== undefined) select = select.where('error_code', '=', query.errorCode);
  if (query.keyDigest !== undefined) select = select.where('key_digest', '=', query.keyDigest);
  if (query.fromMs !== undefined) select = select.where('first_failed_at_ms', '>=', query.fromMs);
  if (query.untilMs !== undefined) select = select.where('first_failed_at_ms', '<', query.untilMs);
  if (query.text !== undefined) select = select.where(contains(query.text));
  if (query.cursor !== undefined) {
    const [topic, partition, offset, id] = parseCursor(query.cursor, [
      'string',
      'number',
      'number',
      'string',
    ]) as [string, number, number, string];
    select = select
      .where('source_topic', '>=', topic)
      .where(({ eb, or, and }) =>
        or([
          eb('source_topic', '>', topic),
          eb('source_partition', '>', partition),
          and([eb('source_partition', '=', partition), eb('source_offset', '>', offset)]),
          and([eb('source_partition', '=', partition), eb('source_offset', '=', offset), eb('id', '>', id)]),
        ]),
      );
  }
  const rows = await select
    .orderBy('source_topic')
    .orderBy('source_partition')
    .orderBy('source_offset')
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  const candidates = rows.map((row) => ({
    id: row.id,
    direction: row.direction,
    source: { topic: row.source_topic, partition: row.source_partition, offset: row.source_offset },
    queue: { partition: row.queue_partition, offset: row.queue_offset },
  }));
  return cutPage(candidates, limit, ({ id, source }) => [source.topic, source.partition, source.offset, id]);
}
