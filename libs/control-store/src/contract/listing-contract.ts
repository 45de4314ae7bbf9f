import type { DeadLetterQuery, IndexedRecord, SourceOrderQuery } from '../dead-letters/dead-letter-index.js';
import { InvalidCursorError } from '../page-cursor.js';
import { batchOf, dayMs, idsOf, recordAt } from './contract-records.js';
import type { OpenStores } from './store-harness.js';

const kinds = [
  { direction: 'legacy-to-revamp', table: 'users', errorCode: 'unknown_value_word' },
  { direction: 'legacy-to-revamp', table: 'posts', errorCode: 'out_of_range' },
  { direction: 'revamp-to-legacy', table: 'users', errorCode: 'out_of_range' },
  { direction: 'revamp-to-legacy', table: 'likes', errorCode: 'undecodable' },
];
const records = Array.from({ length: 24 }, (_unused, offset) =>
  recordAt(offset, {
    ...kinds[offset % kinds.length],
    // Four share a millisecond, so that pages end between them.
    failedAtMs: dayMs + Math.floor(offset / 4),
    message: offset % 5 === 0 ? 'Column STATUS: 100% unknown_word' : 'another message',
  }),
);

/** What the list must answer, worked out from the records. */
function expected(matches: (record: IndexedRecord) => boolean): string[] {
  return records
    .filter(matches)
    .map((record) => ({ record, id: `0-${record.queue.offset}` }))
    .sort(
      (first, second) =>
        second.record.failedAtMs - first.record.failedAtMs || (first.id > second.id ? -1 : 1),
    )
    .map(({ id }) => id);
}

const filters: readonly (readonly [string, Partial<DeadLetterQuery>, (record: IndexedRecord) => boolean])[] =
  [
    ['nothing', {}, () => true],
    ['status', { statuses: ['open'] }, () => true],
    ['two states', { statuses: ['open', 'discarded'] }, () => true],
    ['direction', { direction: 'revamp-to-legacy' }, ({ direction }) => direction === 'revamp-to-legacy'],
    ['table', { table: 'users' }, ({ table }) => table === 'users'],
    ['error code', { errorCode: 'out_of_range' }, ({ errorCode }) => errorCode === 'out_of_range'],
    [
      'table and error code',
      { table: 'users', errorCode: 'out_of_range' },
      ({ table, errorCode }) => table === 'users' && errorCode === 'out_of_range',
    ],
    ['key', { keyDigest: 'digest-1' }, ({ keyDigest }) => keyDigest === 'digest-1'],
    [
      'key and direction',
      { keyDigest: 'digest-1', direction: 'legacy-to-revamp' },
      ({ keyDigest, direction }) => keyDigest === 'digest-1' && direction === 'legacy-to-revamp',
    ],
    [
      'time',
      { fromMs: dayMs + 2, untilMs: dayMs + 4 },
      ({ failedAtMs }) => failedAtMs >= dayMs + 2 && failedAtMs < dayMs + 4,
    ],
    ['text in any case', { text: 'column status' }, ({ message }) => message.startsWith('Column')],
    ['text with signs of LIKE', { text: '100% unknown_' }, ({ message }) => message.startsWith('Column')],
    ['text that is nowhere', { text: '100_ unknown' }, () => false],
    [
      'text and table',
      { text: 'another', table: 'users' },
      ({ message, table }) => message.startsWith('another') && table === 'users',
    ],
    ['what no entry has', { direction: 'elsewhere' }, () => false],
  ];

const narrowings: readonly (readonly [
  string,
  Partial<SourceOrderQuery>,
  (record: IndexedRecord) => boolean,
])[] = [
  ['no condition', {}, () => true],
  ['a rare error code', { errorCode: 'out_of_range' }, ({ errorCode }) => errorCode === 'out_of_range'],
  [
    'a usual error code',
    { errorCode: 'unknown_value_word' },
    ({ errorCode }) => errorCode !== 'out_of_range',
  ],
  ['a rare text', { text: 'rARE t' }, ({ message }) => message === 'Rare text'],
  ['a usual key', { keyDigest: 'digest-1' }, ({ keyDigest }) => keyDigest === 'digest-1'],
  [
    'a short time',
    { fromMs: dayMs + 100, untilMs: dayMs + 110 },
    ({ failedAtMs }) => failedAtMs >= dayMs + 100 && failedAtMs < dayMs + 110,
  ],
  [
    'a long time',
    { fromMs: dayMs + 100, untilMs: dayMs + 900 },
    ({ failedAtMs }) => failedAtMs >= dayMs + 100 && failedAtMs < dayMs + 900,
  ],
  [
    'a long time and a key',
    { fromMs: dayMs + 100, keyDigest: 'digest-2' },
    ({ failedAtMs, keyDigest }) => failedAtMs >= dayMs + 100 && keyDigest === 'digest-2',
  ],
];

/** In which order and by which filters entries are answered. */
export function describeListing(stores: OpenStores): void {
  describeCursors(stores);
  it.each(filters)('pages by %s, newest first, each entry once', async (_name, query, matches) => {
    const store = await stores.open();
    await store.deadLetters.enter(batchOf(records));
    expect(await idsOf(store, query)).toEqual(expected(matches));
  });

  it('tells how many entries pass the filters where that is known without counting them', async () => {
    const store = await stores.open();
    await store.deadLetters.enter(batchOf(records));
    const totalOf = async (query: Partial<DeadLetterQuery>): Promise<number | null> =>
      (await store.deadLetters.list({ limit: 1, ...query })).total;
    expect(await totalOf({})).toBe(24);
    expect(await totalOf({ table: 'users', errorCode: 'out_of_range' })).toBe(6);
    expect(await totalOf({ keyDigest: 'digest-1' })).toBeNull();
  });
}

function describeCursors(stores: OpenStores): void {
  it('refuses a cursor that no page handed out, and never asks the database by it', async () => {
    const store = await stores.open();
    for (const position of [
      [1.5, '0-1'],
      [1e300, '0-1'],
      [dayMs, 'x\0'],
      [dayMs, 7],
      ['0-1', dayMs],
      [dayMs],
    ]) {
      const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
      await expect(store.deadLetters.list({ limit: 5, cursor })).rejects.toThrow(InvalidCursorError);
    }
  });
}

/** In which order entries are replayed, and by which conditions. */
export function describeWalking(stores: OpenStores): void {
  it('walks in the order of the sources, whatever order the queue has', async () => {
    const store = await stores.open();
    const places = [
      { topic: 'legacy.users', partition: 1, offset: 5 },
      { topic: 'legacy.users', partition: 0, offset: 900 },
      { topic: 'legacy.posts', partition: 2, offset: 1_000 },
      { topic: 'legacy.users', partition: 1, offset: 4 },
      { topic: 'legacy.users', partition: 0, offset: 1_000 },
    ];
    await store.deadLetters.enter(batchOf(places.map((source, offset) => recordAt(offset, { source }))));
    const walked: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.deadLetters.inSourceOrder({
        direction: 'legacy-to-revamp',
        table: 'users',
        status: 'open',
        limit: 2,
        cursor,
      });
      walked.push(...page.items.map(({ id }) => id));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(walked).toEqual(['0-2', '0-1', '0-4', '0-3', '0-0']);
  });

  it.each(narrowings)(
    'walks in source order through what passes %s, whether much or little does',
    async (_name, query, matches) => {
      const store = await stores.open();
      const many = Array.from({ length: 1_300 }, (_unused, offset) =>
        recordAt(offset, {
          table: offset % 2 === 0 ? 'users' : 'posts',
          errorCode: offset < 20 ? 'out_of_range' : 'unknown_value_word',
          message: offset > 1_200 ? 'Rare text' : 'another message',
        }),
      );
      await store.deadLetters.enter(batchOf(many));
      await store.deadLetters.settle([{ id: '0-4', status: 'discarded', settledAtMs: dayMs }], ['open']);
      const walked: string[] = [];
      let cursor: string | undefined;
      do {
        const wanted = { direction: 'legacy-to-revamp', table: 'users', status: 'open' as const };
        const page = await store.deadLetters.inSourceOrder({ ...wanted, ...query, limit: 50, cursor });
        expect(page.items.length).toBeLessThanOrEqual(50);
        walked.push(...page.items.map(({ id }) => id));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      const open = many.filter(({ table, queue }) => table === 'users' && queue.offset !== 4);
      expect(walked).toEqual(open.filter(matches).map(({ queue }) => `0-${queue.offset}`));
      expect(walked.length).toBeGreaterThan(0);
    },
  );
}
