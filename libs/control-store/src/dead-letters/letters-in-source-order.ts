import type { Page } from '../control-store.js';
import { cutPage, formatCursor, pageSize, parseCursor } from '../page-cursor.js';
import type { StoreConnection } from '../store-database.js';
import type { DeadLetterRow } from '../store-tables.js';
import { walkedPerPage } from './dead-letter-index.js';
import type { ReplayCandidate, SourceOrderQuery } from './dead-letter-index.js';
import { readRowsBy } from './letter-rows.js';
import { kindsOf, orderedStream } from './letter-streams.js';

type Place = Pick<DeadLetterRow, 'source_topic' | 'source_partition' | 'source_offset' | 'id'>;

const order = ['source_topic', 'source_partition', 'source_offset', 'id'] as const;
const shown = ['direction', 'entity', 'status', 'queue_partition', 'queue_offset'] as const;
const judged = ['error_code', 'key_digest', 'first_failed_at_ms', 'message', 'printable_key'] as const;
const read = [...order, ...shown, ...judged] as const;

type WalkedRow = Pick<DeadLetterRow, (typeof read)[number]>;

/**
 * A page's worth of one table's entries, by statements that read a bounded number of rows each: SQLite answers on the
 * thread that asks. Where a page holds all that can meet the conditions, those are found by the index of the conditions;
 * otherwise the index of sources is walked, and the conditions thin it out.
 */
export async function listInSourceOrder(
  connection: StoreConnection,
  query: SourceOrderQuery,
): Promise<Page<ReplayCandidate>> {
  const limit = pageSize(query.limit);
  const after = query.cursor === undefined ? null : placeOf(query.cursor);
  const few = after === null ? await readFew(connection, query, limit) : null;
  if (few !== null) {
    const items = few.filter((row) => meets(row, query)).sort(byPlace);
    return { items: items.map(toCandidate), next: null };
  }
  const mostWalked = Math.max(walkedPerPage, limit + 1);
  const walked = await walk(connection, { query, after, limit: isNarrow(query) ? mostWalked : limit + 1 });
  const found = walked.filter((row) => meets(row, query));
  const page = cutPage(found, limit, cursorAt);
  const last = walked.at(-1);
  const endsEarly = page.next === null && walked.length === mostWalked && last !== undefined;
  return { items: page.items.map(toCandidate), next: endsEarly ? formatCursor(cursorAt(last)) : page.next };
}

function isNarrow({ errorCode, keyDigest, fromMs, untilMs, text }: SourceOrderQuery): boolean {
  return [errorCode, keyDigest, fromMs, untilMs, text].some((condition) => condition !== undefined);
}

interface Walk {
  readonly query: SourceOrderQuery;
  readonly after: Place | null;
  readonly limit: number;
}

/** What lies behind a place is read in up to three parts, each of which every engine seeks in the index. */
async function walk(connection: StoreConnection, { query, after, limit }: Walk): Promise<WalkedRow[]> {
  const found: WalkedRow[] = [];
  for (const part of partsBehind(connection, query, after)) {
    if (found.length === limit) break;
    found.push(...(await part.limit(limit - found.length).execute()));
  }
  return found;
}

function partsBehind(connection: StoreConnection, query: SourceOrderQuery, after: Place | null) {
  let all = connection
    .selectFrom('dead_letters')
    .select(read)
    .where('direction', '=', query.direction)
    .where('entity', '=', query.table)
    .where('status', '=', query.status);
  for (const column of order) all = all.orderBy(column);
  if (after === null) return [all];
  const inTopic = all.where('source_topic', '=', after.source_topic);
  const inPartition = inTopic
    .where('source_partition', '=', after.source_partition)
    .where('source_offset', '>=', after.source_offset)
    .where(({ eb, or }) => or([eb('source_offset', '>', after.source_offset), eb('id', '>', after.id)]));
  return [
    inPartition,
    inTopic.where('source_partition', '>', after.source_partition),
    all.where('source_topic', '>', after.source_topic),
  ];
}

/** All rows that can meet the conditions, and others; null where there may be more than the limit. */
async function readFew(
  connection: StoreConnection,
  { direction, table, status, errorCode, keyDigest, fromMs, untilMs }: SourceOrderQuery,
  limit: number,
): Promise<WalkedRow[] | null> {
  if ([errorCode, keyDigest, fromMs, untilMs].every((condition) => condition === undefined)) return null;
  const times = { fromMs, untilMs };
  // A key's own index is the only one that is good for it: conditions that others hold would lead to them.
  const query =
    keyDigest === undefined
      ? { ...times, direction, table, errorCode, statuses: [status] }
      : { ...times, keyDigest };
  const ids: string[] = [];
  for (const kind of (await kindsOf(connection, query)) ?? [null]) {
    const stream = orderedStream(connection, { query, kind, after: null });
    const found = await stream.limit(limit + 1 - ids.length).execute();
    ids.push(...found.map(({ id }) => id));
    if (ids.length > limit) return null;
  }
  return [...(await readRowsBy(connection, { column: 'id', values: ids }))];
}

function meets(row: WalkedRow, query: SourceOrderQuery): boolean {
  const { fromMs, untilMs, text } = query;
  const wanted = [
    [row.direction, query.direction],
    [row.entity, query.table],
    [row.status, query.status],
    [row.error_code, query.errorCode],
    [row.key_digest, query.keyDigest],
  ];
  return (
    wanted.every(([value, condition]) => condition === undefined || value === condition) &&
    (fromMs === undefined || row.first_failed_at_ms >= fromMs) &&
    (untilMs === undefined || row.first_failed_at_ms < untilMs) &&
    (text === undefined || [row.message, row.printable_key ?? ''].some((told) => contains(told, text)))
  );
}

/** Letters A to Z match in either case. */
function contains(told: string, text: string): boolean {
  const lower = (mixed: string): string => mixed.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return lower(told).includes(lower(text));
}

function byPlace(first: Place, second: Place): number {
  for (const column of order) {
    if (first[column] < second[column]) return -1;
    if (first[column] > second[column]) return 1;
  }
  return 0;
}

function placeOf(cursor: string): Place {
  const [source_topic, source_partition, source_offset, id] = parseCursor(cursor, [
    'string',
    'number',
    'number',
    'string',
  ]) as [string, number, number, string];
  return { source_topic, source_partition, source_offset, id };
}

function cursorAt(row: Place): readonly (string | number)[] {
  return order.map((column) => row[column]);
}

function toCandidate(row: WalkedRow): ReplayCandidate {
  return {
    id: row.id,
    direction: row.direction,
    source: { topic: row.source_topic, partition: row.source_partition, offset: row.source_offset },
    queue: { partition: row.queue_partition, offset: row.queue_offset },
  };
}
