import { createHash } from 'node:crypto';
import { openControlStore, type IndexedRecord } from '@rowbridge/control-store';

export const letters = 1_000_000;
/** One letter in so many is found by {@link rareText}. */
export const lettersPerRareText = 10_000;
export const rareText = 'one in ten thousand';
export const firstFailureMs = Date.UTC(2026, 0, 1);
/** Letters that fail within the same millisecond. */
export const lettersPerMs = 3;

const perBatch = 2_000;
const keys = 50_000;
export const directions = ['legacy-to-revamp', 'revamp-to-legacy'];
const tables = ['users', 'posts', 'likes'];
const codes = ['unknown_value_word', 'out_of_range', 'value_too_long', 'check_violation', 'undecodable'];

/** As the index keeps it. */
export function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function letterAt(offset: number): IndexedRecord {
  const key = String(offset % keys);
  const message = `legacy_users[0] offset ${offset}: a word is not in the value table of its column "status"`;
  return {
    direction: directions[offset % directions.length] ?? '',
    table: tables[offset % tables.length] ?? '',
    errorCode: codes[offset % codes.length] ?? '',
    stage: 'map',
    eventId: `event-${offset}`,
    eventKey: `event-${offset}`,
    message: offset % lettersPerRareText === 77 ? `${message}, ${rareText}` : message,
    attempts: 1,
    failedAtMs: firstFailureMs + Math.floor(offset / lettersPerMs),
    keyDigest: digestOf(key),
    printableKey: key,
    source: { topic: 'legacy.public.legacy_users', partition: 0, offset },
    queue: { partition: 0, offset },
    sizeBytes: 600,
    hasBody: true,
    traceId: null,
  };
}

/** Enters a million open letters of six tables and five codes. @returns seconds it took */
export async function enterMillionLetters(url: string): Promise<number> {
  const store = await openControlStore({ url });
  try {
    const begunAt = performance.now();
    for (let start = 0; start < letters; start += perBatch) {
      const records = Array.from({ length: perBatch }, (_unused, index) => letterAt(start + index));
      const nextOffset = start + perBatch;
      await store.deadLetters.enter({ topic: 'sync.dlq', partition: 0, records, nextOffset });
    }
    return (performance.now() - begunAt) / 1_000;
  } finally {
    await store.close();
  }
}
