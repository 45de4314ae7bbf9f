import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openControlStore } from '@rowbridge/control-store';
import type { ControlStore, DeadLetterQuery, IndexedRecord } from '@rowbridge/control-store';

const letters = 1_000_000;
const perBatch = 2_000;
const pagesPerFilter = 20;
const firstFailureMs = Date.UTC(2026, 0, 1);

const directions = ['legacy-to-revamp', 'revamp-to-legacy'];
const tables = ['users', 'posts', 'likes'];
const codes = ['unknown_value_word', 'out_of_range', 'value_too_long', 'check_violation', 'undecodable'];

function letterAt(offset: number): IndexedRecord {
  const key = String(offset % 50_000);
  return {
    direction: directions[offset % directions.length] ?? '',
    table: tables[offset % tables.length] ?? '',
    errorCode: codes[offset % codes.length] ?? '',
    stage: 'map',
    eventId: `event-${offset}`,
    eventKey: `event-${offset}`,
    message: `legacy_users[0] offset ${offset}: a word is not in the value table of its column "status"`,
    attempts: 1,
    failedAtMs: firstFailureMs + Math.floor(offset / 3),
    keyDigest: `digest-${key}`,
    printableKey: key,
    source: { topic: 'legacy.public.legacy_users', partition: 0, offset },
    queue: { partition: 0, offset },
    sizeBytes: 600,
    hasBody: true,
    traceId: null,
  };
}

async function fill(store: ControlStore): Promise<number> {
  const begunAt = performance.now();
  for (let start = 0; start < letters; start += perBatch) {
    const records = Array.from({ length: perBatch }, (_unused, index) => letterAt(start + index));
    await store.deadLetters.enter({ topic: 'sync.dlq', partition: 0, records, nextOffset: start + perBatch });
  }
  return (performance.now() - begunAt) / 1_000;
}

const filters: Readonly<Record<string, Omit<DeadLetterQuery, 'limit' | 'cursor'>>> = {
  none: {},
  status: { statuses: ['open'] },
  direction: { direction: 'legacy-to-revamp' },
  table: { table: 'posts', statuses: ['open'] },
  errorCode: { errorCode: 'out_of_range' },
  directionTableAndCode: { direction: 'legacy-to-revamp', table: 'users', errorCode: 'undecodable' },
  key: { keyDigest: 'digest-77' },
  time: {
    fromMs: firstFailureMs + 100_000,
    untilMs: firstFailureMs + 200_000,
    direction: 'revamp-to-legacy',
  },
  statusNobodyHas: { statuses: ['discarded'], direction: 'legacy-to-revamp' },
  textFoundOften: { text: 'value table' },
  textFoundNowhere: { text: 'nowhere to be found' },
};

/** Several pages in a row, from a filter's first page on. */
export interface PageFigures {
  readonly pages: number;
  readonly medianMs: number;
  readonly slowestMs: number;
}

async function measurePages(
  store: ControlStore,
  filter: Omit<DeadLetterQuery, 'limit' | 'cursor'>,
): Promise<PageFigures> {
  const times: number[] = [];
  let cursor: string | undefined;
  do {
    const begunAt = performance.now();
    const page = await store.deadLetters.list({ ...filter, limit: 50, cursor });
    times.push(performance.now() - begunAt);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && times.length < pagesPerFilter);
  times.sort((first, second) => first - second);
  return {
    pages: times.length,
    medianMs: Math.round((times[Math.floor(times.length / 2)] ?? 0) * 10) / 10,
    slowestMs: Math.round((times.at(-1) ?? 0) * 10) / 10,
  };
}

export interface DeadLetterListFigures {
  readonly letters: number;
  readonly fillSeconds: number;
  /** By what the list was filtered by. */
  readonly pages: Readonly<Record<string, PageFigures>>;
}

/**
 * Fills a store with a million dead letters and pages through it.
 * @param url the store's address; a SQLite file of its own unless given
 */
export async function measureDeadLetterList(url?: string): Promise<DeadLetterListFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'rowbridge-bench-'));
  const store = await openControlStore({ url: url ?? `sqlite:${join(folder, 'control.db')}` });
  try {
    const fillSeconds = await fill(store);
    const pages: Record<string, PageFigures> = {};
    for (const [name, filter] of Object.entries(filters)) pages[name] = await measurePages(store, filter);
    return { letters, fillSeconds, pages };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
