import type { ControlStore } from '../control-store.js';
import type { NewSyncRun, SyncRun } from '../sync-run-store.js';
import { OpenStores } from './store-harness.js';
import type { StoreHarness } from './store-harness.js';

const wanted: NewSyncRun = {
  system: 'legacy-revamp',
  trigger: 'manual',
  actor: 'operator',
  directions: ['legacy-to-revamp'],
  tables: ['users', 'posts'],
  keyFilter: null,
  reset: false,
};

async function started(store: ControlStore, changes: Partial<NewSyncRun> = {}): Promise<SyncRun> {
  const creation = await store.runs.create({ ...wanted, ...changes });
  if (creation.kind !== 'created') throw new Error('another run is running');
  return creation.run;
}

export function describeRunContract(harness: StoreHarness): void {
  describe('sync runs', () => {
    const stores = new OpenStores(harness);
    afterEach(() => stores.closeAll());
    describeRunLife(stores);
    describeRunList(stores);
  });
}

function describeRunLife(stores: OpenStores): void {
  it('are refused while one of the system runs, and the running one is named', async () => {
    const store = await stores.open();
    const run = await started(store);
    expect(await store.runs.create(wanted)).toEqual({ kind: 'busy', running: run });
    await started(store, { system: 'magento' });
    await store.runs.finish(run.id, { status: 'completed' });
    await started(store);
  });

  it('start once however many processes ask at the same time', async () => {
    const opened = await Promise.all([stores.open(), stores.open(), stores.open()]);
    const answers = await Promise.all(
      opened.flatMap((store) => [store.runs.create(wanted), store.runs.create(wanted)]),
    );
    const created = answers.flatMap((answer) => (answer.kind === 'created' ? [answer.run.id] : []));
    expect(created).toHaveLength(1);
    for (const answer of answers) {
      expect(answer.kind === 'busy' ? answer.running.id : answer.run.id).toBe(created[0]);
    }
  });

  it('carry their progress to the end and then change no more', async () => {
    const store = await stores.open();
    const { id } = await started(store, { trigger: 'schedule', keyFilter: 'id > 7', reset: true });
    const progress = [{ direction: 'legacy-to-revamp', table: 'users', rowsDone: 40, rowsTotal: 100 }];
    const signals = [{ direction: 'legacy-to-revamp', signalId: 'signal-1' }];
    stores.clock.nowMs += 1_000;
    await store.runs.update(id, { progress, signals });
    await store.runs.update(id, { conflicts: 3 });
    stores.clock.nowMs += 1_000;
    const error = { code: 'connect_unreachable', message: 'Kafka Connect does not answer' };
    const ended = await store.runs.finish(id, { status: 'failed', error });
    expect(ended).toEqual({
      ...wanted,
      id,
      trigger: 'schedule',
      keyFilter: 'id > 7',
      reset: true,
      status: 'failed',
      progress,
      signals,
      conflicts: 3,
      error,
      startedAtMs: stores.clock.nowMs - 2_000,
      updatedAtMs: stores.clock.nowMs,
      endedAtMs: stores.clock.nowMs,
    });
    expect(await store.runs.finish(id, { status: 'stopped' })).toBeNull();
    expect(await store.runs.update(id, { conflicts: 4 })).toBeNull();
    expect(await store.runs.get(id)).toEqual(ended);
    expect(await store.runs.running('legacy-revamp')).toBeNull();
  });

  it('are unknown under an id nobody was given', async () => {
    const store = await stores.open();
    expect(await store.runs.get('00000000-0000-7000-8000-000000000000')).toBeNull();
    expect(await store.runs.update('nobody', { conflicts: 1 })).toBeNull();
  });
}

function describeRunList(stores: OpenStores): void {
  it('are listed newest first by any filter, page by page', async () => {
    const store = await stores.open();
    const ids: string[] = [];
    for (let number = 0; number < 7; number += 1) {
      stores.clock.nowMs += 1;
      const even = number % 2 === 0;
      const run = await started(store, {
        trigger: even ? 'manual' : 'schedule',
        tables: even ? ['sales_order'] : ['salesXorder'],
      });
      await store.runs.finish(run.id, { status: even ? 'completed' : 'stopped' });
      ids.unshift(run.id);
    }
    const first = await store.runs.list({ limit: 4 });
    const second = await store.runs.list({ limit: 4, ...(first.next ? { cursor: first.next } : {}) });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.next).toBeNull();
    const even = ids.filter((_id, index) => index % 2 === 0);
    for (const filter of [
      { trigger: 'manual' },
      { statuses: ['completed', 'running'] },
      { table: 'sales_order' },
    ] as const) {
      const { items } = await store.runs.list({ limit: 10, ...filter });
      expect(items.map(({ id }) => id)).toEqual(even);
    }
    const since = await store.runs.list({
      limit: 10,
      fromMs: stores.clock.nowMs,
      direction: 'legacy-to-revamp',
    });
    expect(since.items.map(({ id }) => id)).toEqual(ids.slice(0, 1));
    expect((await store.runs.list({ limit: 10, direction: 'elsewhere' })).items).toEqual([]);
  });
}
