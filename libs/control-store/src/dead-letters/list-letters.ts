import { sql, type RawBuilder } from 'kysely';
import { containsPattern } from '../like-pattern.js';
import { formatCursor, pageSize, parseCursor } from '../page-cursor.js';
import type { StoreConnection } from '../store-database.js';
import { searchedPerPage } from './dead-letter-index.js';
import type { DeadLetterPage, DeadLetterQuery } from './dead-letter-index.js';
import { toDeadLetterEntry } from './dead-letter-row.js';
import { readRowsBy } from './letter-rows.js';
import { countsMatching, kindsOf, orderedStream } from './letter-streams.js';
import type { Position, StreamStart } from './letter-streams.js';

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

async function totalOf(connection: StoreConnection, query: DeadLetterQuery): Promise<number | null> {
  const { keyDigest, fromMs, untilMs, text } = query;
  if ([keyDigest, fromMs, untilMs, text].some((narrower) => narrower !== undefined)) return null;
  const counts = await countsMatching(connection, query);
  return counts.reduce((sum, { letters }) => sum + letters, 0);
}

interface StreamRequest extends StreamStart {
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
