import type { DeadLetterStatus } from '../dead-letters/dead-letter-index.js';
import { batchOf, countOf, dayMs, idsOf, recordAt, topic } from './contract-records.js';
import type { OpenStores } from './store-harness.js';

/** How records of the queue become entries. */
export function describeEntering(stores: OpenStores): void {
  describeJoining(stores);
  describeJoiningSettled(stores);
  describePlaces(stores);
}

function describeJoining(stores: OpenStores): void {
  it('enters a record once, however often and by whomever it is handed in', async () => {
    const [first, second] = [await stores.open(), await stores.open()];
    const batch = batchOf([recordAt(0), recordAt(1)]);
    await Promise.all([first.deadLetters.enter(batch), second.deadLetters.enter(batch)]);
    await first.deadLetters.enter(batch);
    expect(await idsOf(second, {})).toEqual(['0-1', '0-0']);
    expect(await first.deadLetters.get('0-1')).toMatchObject({ occurrences: 1, status: 'open' });
    expect(await first.deadLetters.nextOffsets(topic)).toEqual(new Map([[0, 2]]));
  });

  it('collapses the records of one event of one direction, and of no other', async () => {
    const store = await stores.open();
    const entered = await store.deadLetters.enter(
      batchOf([
        recordAt(0, { eventKey: 'same' }),
        recordAt(1, { eventKey: 'same', direction: 'revamp-to-legacy' }),
        recordAt(2, { eventKey: 'same', errorCode: 'out_of_range' }),
      ]),
    );
    expect(entered).toEqual({ added: 2, joined: 1 });
    await store.deadLetters.enter(batchOf([recordAt(3, { eventKey: 'same' })]));
    expect(await store.deadLetters.get('0-0')).toMatchObject({
      occurrences: 3,
      attempts: 3,
      queue: { partition: 0, offset: 3 },
      firstFailedAtMs: dayMs,
      lastFailedAtMs: dayMs + 3,
      errorCode: 'unknown_value_word',
    });
    expect(await countOf(store, 'open')).toBe(2);
  });

  it('counts no more attempts than its column holds, whatever a record or a replay adds', async () => {
    const store = await stores.open();
    const most = 2_147_483_647;
    const claimed = { eventKey: 'same', attempts: most };
    await store.deadLetters.enter(batchOf([recordAt(0, claimed), recordAt(1, claimed)]));
    expect(await store.deadLetters.get('0-0')).toMatchObject({ occurrences: 2, attempts: most });
    const fault = { code: 'out_of_range', message: 'a number lies outside the column' };
    await store.deadLetters.settle([{ id: '0-0', status: 'open', settledAtMs: dayMs + 9, fault }], ['open']);
    expect(await store.deadLetters.get('0-0')).toMatchObject({ errorCode: 'out_of_range', attempts: most });
  });
}

function describeJoiningSettled(stores: OpenStores): void {
  it('opens an entry again whose event failed after it was replayed, but not a discarded one', async () => {
    const store = await stores.open();
    await store.deadLetters.enter(batchOf([0, 1, 2].map((offset) => recordAt(offset))));
    const settledAtMs = dayMs + 50;
    const settle = (id: string, status: DeadLetterStatus): Promise<readonly string[]> =>
      store.deadLetters.settle([{ id, status, settledAtMs }], ['open']);
    await settle('0-0', 'replayed');
    await settle('0-1', 'discarded');
    await settle('0-2', 'replayed');
    await store.deadLetters.enter(
      batchOf([
        recordAt(60, { eventKey: 'event-0' }),
        recordAt(61, { eventKey: 'event-1' }),
        recordAt(62, { eventKey: 'event-2', failedAtMs: dayMs + 40 }),
      ]),
    );
    expect(await idsOf(store, { statuses: ['open'] })).toEqual(['0-0']);
    expect(await countOf(store, 'open')).toBe(1);
    expect(await countOf(store, 'discarded')).toBe(1);
  });
}

function describePlaces(stores: OpenStores): void {
  it('begins anew after a rewind, with entries replaced whose ids name other records now', async () => {
    const store = await stores.open();
    await store.deadLetters.enter(batchOf([recordAt(0), recordAt(1)]));
    await store.deadLetters.rewind(topic, 0);
    expect(await store.deadLetters.nextOffsets(topic)).toEqual(new Map());
    await store.deadLetters.enter(batchOf([recordAt(0, { eventKey: 'another', table: 'posts' })]));
    expect(await store.deadLetters.get('0-0')).toMatchObject({ table: 'posts', occurrences: 1 });
    expect(await countOf(store, 'open')).toBe(2);
  });

  it('knows how far a partition is entered, and the mark of its last record until it begins anew', async () => {
    const store = await stores.open();
    const position = () => store.deadLetters.position(topic, 0);
    expect(await position()).toEqual({ nextOffset: 0, mark: null });
    await store.deadLetters.enter({ ...batchOf([recordAt(0), recordAt(1)]), mark: 'mark of 1' });
    await store.deadLetters.enter({ ...batchOf([recordAt(0)]), mark: 'late' });
    expect(await position()).toEqual({ nextOffset: 2, mark: 'mark of 1' });
    await store.state.put(`dead-letters.next-offset/${topic}/0`, 7);
    expect(await position()).toEqual({ nextOffset: 7, mark: null });
    await store.deadLetters.rewind(topic, 0);
    expect(await position()).toEqual({ nextOffset: 0, mark: null });
  });

  it('keeps the partitions of topics whose names begin alike apart', async () => {
    const store = await stores.open();
    await store.deadLetters.enter({ topic: 'sync.dlq', partition: 1, records: [], nextOffset: 4 });
    await store.deadLetters.enter({ topic: 'sync.dlq.old', partition: 2, records: [], nextOffset: 9 });
    await store.deadLetters.enter({ topic: 'syncXdlq', partition: 3, records: [], nextOffset: 9 });
    expect(await store.deadLetters.nextOffsets('sync.dlq')).toEqual(new Map([[1, 4]]));
  });
}
