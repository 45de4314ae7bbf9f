import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openControlStore } from '@rowbridge/control-store';
import type { ControlStore, DeadLetterQuery } from '@rowbridge/control-store';
import { digestOf, enterMillionLetters, firstFailureMs, letters } from './million-letters.js';

const pagesPerFilter = 20;

const filters: Readonly<Record<string, Omit<DeadLetterQuery, 'limit' | 'cursor'>>> = {
  none: {},
  status: { statuses: ['open'] },
  direction: { direction: 'legacy-to-revamp' },
  table: { table: 'posts', statuses: ['open'] },
  errorCode: { errorCode: 'out_of_range' },
  directionTableAndCode: { direction: 'legacy-to-revamp', table: 'users', errorCode: 'undecodable' },
  key: { keyDigest: digestOf('77') },
  keyAndKind: {
    keyDigest: digestOf('77'),
    direction: 'revamp-to-legacy',
    table: 'users',
    errorCode: 'value_too_long',
    statuses: ['open'],
  },
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
  const address = { url: url ?? `sqlite:${join(folder, 'control.db')}` };
  try {
    const fillSeconds = await enterMillionLetters(address.url);
    const store = await openControlStore(address);
    const pages: Record<string, PageFigures> = {};
    for (const [name, filter] of Object.entries(filters)) pages[name] = await measurePages(store, filter);
    await store.close();
    return { letters, fillSeconds, pages };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
