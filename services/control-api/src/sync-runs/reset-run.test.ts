import { once } from 'node:events';
import { openControlStore, type ControlStore } from '@rowbridge/control-store';
import { RowbridgeError } from '@rowbridge/errors';
import type { ActiveRun } from './active-run.js';
import type { DeleteReconciliation } from './reconcile-deletes.js';
import { SyncRunBench } from './sync-run-bench.js';

describe('the reset of a sync run', () => {
  let store: ControlStore;
  let bench: SyncRunBench;
  let work: DeleteReconciliation | null = null;

  beforeEach(async () => {
    store = await openControlStore({ url: 'sqlite::memory:' });
    bench = new SyncRunBench(store);
    work = null;
    Object.assign(bench.ports, {
      // Goes on until it is given up.
      reconcileDeletes: async (given: DeleteReconciliation) => {
        work = given;
        await once(given.abortSignal, 'abort');
        throw given.abortSignal.reason;
      },
    });
  });
  afterEach(() => store.close());

  const beginReset = async (): Promise<{ run: ActiveRun; reset: DeleteReconciliation }> => {
    const run = await bench.begin({ reset: true, confirm: 'reset' });
    await run.step();
    await bench.read(run);
    bench.applied = bench.topicEnd;
    while (work === null) await run.step();
    expect(run.shown().phase).toBe('reconciling');
    return { run, reset: work };
  };

  it('may take long while it comes further, and ends the run once it stands still', async () => {
    const { run, reset } = await beginReset();
    // It is over by the next sign of progress.
    reset.onFailure('users', new RowbridgeError('connection_lost', 'the database is away'));
    for (const sign of [
      () => reset.onCount('users', { rowsCompared: 1, looksListed: 0 }),
      () => reset.onProgress(),
    ]) {
      bench.nowMs += 50_000;
      sign();
      await run.step();
      expect(run.isOver).toBe(false);
    }
    bench.nowMs += 61_000;
    await run.step();
    expect(run.shown()).toMatchObject({ state: 'failed', error: { code: 'sync_run_stalled' } });
    expect(reset.abortSignal.aborted).toBe(true);
  });

  it('tells what it met when it stands still', async () => {
    const { run, reset } = await beginReset();
    reset.onFailure('users', new RowbridgeError('kafka_unreachable', 'no broker'));
    await run.step();
    expect(run.isOver).toBe(false);
    bench.nowMs += 61_000;
    await run.step();
    expect(run.shown()).toMatchObject({ state: 'failed', error: { code: 'kafka_unreachable' } });
  });

  it('has a failed connector restarted, and is not held to progress until that runs', async () => {
    const { run } = await beginReset();
    bench.connectorState = 'FAILED';
    for (let round = 0; round < 3; round += 1) {
      await run.step();
      bench.nowMs += 5_000;
    }
    expect([bench.restarts, run.isOver]).toEqual([1, false]);
    bench.nowMs += 20_000;
    await run.step();
    expect(run.shown().error?.code).toBe('connector_failed');
  });

  it('that is stopped leaves the run stopped, and one that is let go of leaves it running', async () => {
    const { run, reset } = await beginReset();
    await run.release();
    expect(reset.abortSignal.aborted).toBe(true);
    await run.step();
    expect((await store.runs.get(run.id))?.status).toBe('running');
    run.requestStop();
    await run.step();
    expect(run.shown()).toMatchObject({ state: 'stopped', error: null });
  });
});
