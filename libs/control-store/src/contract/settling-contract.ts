import { batchOf, countOf, dayMs, idsOf, recordAt } from './contract-records.js';
import type { OpenStores } from './store-harness.js';

/** How entries end. */
export function describeSettling(stores: OpenStores): void {
  it('settles what is in an expected state, and tells which those were', async () => {
    const store = await stores.open();
    await store.deadLetters.enter(batchOf([0, 1, 2].map((offset) => recordAt(offset))));
    const discard = (ids: readonly string[]): Promise<readonly string[]> =>
      store.deadLetters.settle(
        ids.map((id) => ({
          id,
          status: 'discarded' as const,
          settledAtMs: dayMs + 9,
          settledBy: 'operator',
          reason: 'test data',
        })),
        ['open'],
      );
    expect(await discard(['0-1', '0-7'])).toEqual(['0-1']);
    expect(await discard(['0-1', '0-2'])).toEqual(['0-2']);
    expect(await store.deadLetters.get('0-1')).toMatchObject({
      status: 'discarded',
      settledBy: 'operator',
      reason: 'test data',
      settledAtMs: dayMs + 9,
    });
    expect([await countOf(store, 'open'), await countOf(store, 'discarded')]).toEqual([1, 2]);
  });

  it('keeps an entry open with its new fault where a replay failed', async () => {
    const store = await stores.open();
    await store.deadLetters.enter(batchOf([recordAt(0)]));
    const fault = { code: 'out_of_range', message: 'a number lies outside the column' };
    await store.deadLetters.settle(
      [{ id: '0-0', status: 'open', settledAtMs: dayMs + 9, requestId: 'request-1', fault }],
      ['open'],
    );
    expect(await store.deadLetters.get('0-0')).toMatchObject({
      status: 'open',
      errorCode: 'out_of_range',
      message: fault.message,
      attempts: 2,
      requestId: 'request-1',
    });
    expect(await idsOf(store, { errorCode: 'out_of_range' })).toEqual(['0-0']);
    expect(await idsOf(store, { errorCode: 'unknown_value_word' })).toEqual([]);
  });
}

/** How several end at once, and one by several. */
export function describeSettlingTogether(stores: OpenStores): void {
  it('settles several at once, alike or each in its own way', async () => {
    const store = await stores.open();
    await store.deadLetters.enter(batchOf([0, 1, 2, 3].map((offset) => recordAt(offset))));
    const settled = (id: string, outcome: string) =>
      ({ id, status: 'replayed', settledAtMs: dayMs + 9, outcome }) as const;
    const settlements = [settled('0-0', 'applied'), settled('0-1', 'applied'), settled('0-3', 'unchanged')];
    const ids = await store.deadLetters.settle(settlements, ['open']);
    expect([...ids].sort()).toEqual(['0-0', '0-1', '0-3']);
    const entries = await store.deadLetters.getMany(['0-0', '0-1', '0-2', '0-3']);
    expect(entries.map(({ id, status, outcome }) => [id, status, outcome]).sort()).toEqual([
      ['0-0', 'replayed', 'applied'],
      ['0-1', 'replayed', 'applied'],
      ['0-2', 'open', null],
      ['0-3', 'replayed', 'unchanged'],
    ]);
  });

  it('is not settled by news of a time before its event failed: they are of another record of its id', async () => {
    const store = await stores.open();
    const settle = (id: string, settledAtMs: number): Promise<readonly string[]> => {
      const settlement = {
        id,
        status: 'replayed',
        settledAtMs,
        onlyIfLater: true,
        outcome: 'applied',
      } as const;
      return store.deadLetters.settle([settlement], ['open']);
    };
    const again = recordAt(2, { eventKey: 'event-1', failedAtMs: dayMs + 7 });
    await store.deadLetters.enter(batchOf([recordAt(0), recordAt(1), again]));
    expect(await settle('0-0', dayMs - 1)).toEqual([]);
    expect(await settle('0-1', dayMs + 6)).toEqual([]);
    expect(await countOf(store, 'open')).toBe(2);
    expect(await settle('0-0', dayMs)).toEqual(['0-0']);
    expect(await settle('0-1', dayMs + 7)).toEqual(['0-1']);
  });

  it('is settled by one of several at once', async () => {
    const opened = [await stores.open(), await stores.open()];
    await opened[0]?.deadLetters.enter(batchOf([recordAt(0)]));
    const answers = await Promise.all(
      opened.flatMap((store) =>
        [1, 2].map(() =>
          store.deadLetters.settle([{ id: '0-0', status: 'discarded', settledAtMs: dayMs }], ['open']),
        ),
      ),
    );
    expect(answers.flat()).toEqual(['0-0']);
  });
}
