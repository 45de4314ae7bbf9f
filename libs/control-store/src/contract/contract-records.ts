import type { ControlStore } from '../control-store.js';
import type {
  DeadLetterQuery,
  DeadLetterStatus,
  IndexBatch,
  IndexedRecord,
} from '../dead-letters/dead-letter-index.js';

/** The topic all records of these tests lie in. */
export const topic = 'sync.dlq';
/** When the first record failed. */
export const dayMs = Date.UTC(2026, 0, 15);

/** A record at an offset of partition 0, failed as many milliseconds after midnight. */
export function recordAt(offset: number, changes: Partial<IndexedRecord> = {}): IndexedRecord {
  return {
    direction: 'legacy-to-revamp',
    table: 'users',
    errorCode: 'unknown_value_word',
    stage: 'map',
    eventId: `event-${offset}`,
    eventKey: `event-${offset}`,
    message: 'a word is not in the value table of its column',
    attempts: 1,
    failedAtMs: dayMs + offset,
    keyDigest: `digest-${offset % 3}`,
    printableKey: String(offset % 3),
    source: { topic: 'legacy.public.legacy_users', partition: 0, offset: offset + 100 },
    queue: { partition: 0, offset },
    sizeBytes: 512,
    hasBody: true,
    traceId: null,
    ...changes,
  };
}

/** The records as one batch of their partition. */
export function batchOf(records: readonly IndexedRecord[]): IndexBatch {
  const last = records.at(-1)?.queue ?? { partition: 0, offset: -1 };
  return { topic, partition: last.partition, records, nextOffset: last.offset + 1 };
}

/** Ids of every page, in order. */
export async function idsOf(store: ControlStore, query: Partial<DeadLetterQuery>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.deadLetters.list({ limit: 3, ...query, cursor });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

/** Entries of a status, by the counts kept beside them. */
export async function countOf(store: ControlStore, status: DeadLetterStatus): Promise<number> {
  const counts = await store.deadLetters.counts();
  return counts.filter((count) => count.status === status).reduce((sum, { letters }) => sum + letters, 0);
}
