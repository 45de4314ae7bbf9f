import { openControlStore, type ControlStore } from '@rowbridge/control-store';
import { syncTriggerSchema } from '@rowbridge/control-protocol';
import { RunLease } from './run-lease.js';
import { SyncRunBench } from './sync-run-bench.js';
import { SyncRuns } from './sync-runs.js';

describe('the sync runs of a system', () => {
  let store: ControlStore;
  beforeEach(async () => {
    store = await openControlStore({ url: 'sqlite::memory:' });
  });
  afterEach(() => store.close());

  it('are one at a time: a second is refused with 409 and the id of the one that runs, whichever process began that', async () => {
    const bench = new SyncRunBench(store);
    const running = await bench.begin();
    const { system, ports } = bench;
    const runs = new SyncRuns({ system, ports, onLeft: () => undefined });
    const order = { request: syncTriggerSchema.parse({}), actor: 'ops', trigger: 'manual' } as const;
    await expect(runs.trigger(order)).rejects.toMatchObject({
      code: 'illegal_transition',
      status: 409,
      options: { context: { runId: running.id } },
    });
    expect(bench.signals).toEqual([]);
    expect((await store.runs.list({ system: system.name, limit: 10 })).items).toHaveLength(1);
  });

  it('are taken up where an earlier process left one', async () => {
    const bench = new SyncRunBench(store);
    const left = await bench.begin();
    await left.step();
    await left.release();
    const { system, ports } = bench;
    const lease = new RunLease(system.name, ports);
    await lease.begin(left.id);
    await lease.release();
    const runs = new SyncRuns({ system, ports, onLeft: () => undefined, stepMs: 3_600_000 });
    expect(runs.isRunning).toBe(false);
    await runs.start();
    const seen = [runs.isRunning, (await runs.latest())?.id];
    await runs.stop();
    expect(seen).toEqual([true, left.id]);
    expect((await store.runs.get(left.id))?.status).toBe('running');
  });

  it('keep the alert of a failed one over a restart', async () => {
    const bench = new SyncRunBench(store);
    bench.connectorState = 'FAILED';
    const failed = await bench.begin();
    await failed.step();
    bench.nowMs += 21_000;
    await failed.step();
    expect(failed.shown().state).toBe('failed');
    const next = new SyncRunBench(store);
    const { system, ports } = next;
    const runs = new SyncRuns({ system, ports, onLeft: () => undefined, stepMs: 3_600_000 });
    await runs.start();
    await runs.stop();
    expect(await next.metric('sync_run_failed')).toBe('sync_run_failed 1');
  });
});
