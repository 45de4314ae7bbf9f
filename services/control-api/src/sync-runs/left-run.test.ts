import { openControlStore, type ControlStore } from '@rowbridge/control-store';
import { waitFor } from '@rowbridge/testing';
import { RunLease } from './run-lease.js';
import { SyncRunBench } from './sync-run-bench.js';
import { SyncRuns } from './sync-runs.js';

const soon = { deadlineMs: 10_000, intervalMs: 5 };

describe('a sync run whose process is gone', () => {
  let store: ControlStore;
  let bench: SyncRunBench;
  let processes: SyncRuns[] = [];
  let letGo: () => void = () => undefined;

  /** One process that works: it looks again and again. */
  const startProcess = async (): Promise<SyncRuns> => {
    const { system, ports } = bench;
    const runs: SyncRuns = new SyncRuns({
      system,
      ports,
      // A run that is left as the test ends finds the store closed.
      onLeft: () => void runs.start().catch(() => undefined),
      stepMs: 5,
    });
    processes.push(runs);
    await runs.start();
    return runs;
  };

  const leaseVersion = async (): Promise<number> =>
    (await store.state.get('sync-run-lease/legacy-revamp'))?.version ?? 0;

  /** Lets time pass for the processes, a little at a time, until something holds. */
  const passing = (what: string, condition: () => boolean | Promise<boolean>): Promise<true> =>
    waitFor(
      async () => {
        bench.nowMs += 250;
        return condition();
      },
      { ...soon, what },
    );

  beforeEach(async () => {
    store = await openControlStore({ url: 'sqlite::memory:' });
    bench = new SyncRunBench(store);
    processes = [];
    letGo = () => undefined;
  });
  afterEach(async () => {
    letGo();
    for (const runs of processes) await runs.stop();
    await store.close();
  });

  it('is taken up by one that was there before the run began, and ends with an alert where it was not signalled', async () => {
    const runs = await startProcess();
    const { id } = await bench.begin();
    const begunAtMs = bench.nowMs;
    await passing('the run to be ended', async () => (await store.runs.get(id))?.status === 'failed');
    expect(bench.nowMs - begunAtMs).toBeGreaterThan(10_000);
    expect(await runs.latest()).toMatchObject({ id, error: { code: 'sync_run_not_started' } });
    // The row is written first.
    await passing(
      'the alert to be given',
      async () => (await bench.metric('sync_run_failed')) === 'sync_run_failed 1',
    );
    expect(await store.runs.running('legacy-revamp')).toBeNull();
  });

  it('is left to its process while that shows that it lives, though a step takes long', async () => {
    const left = await bench.begin();
    await left.step();
    bench.notice(left, 'STARTED');
    await new RunLease('legacy-revamp', bench.ports).begin(left.id);
    const first = await startProcess();
    await passing('the run to be taken up', () => first.isRunning);
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const { topicOffsets } = bench.ports.offsets;
    Object.assign(bench.ports.offsets, {
      topicOffsets: async (topic: string) => {
        await held;
        return topicOffsets(topic);
      },
    });
    const second = await startProcess();
    const seen = await leaseVersion();
    await passing('many signs of life', async () => (await leaseVersion()) > seen + 10);
    expect([first.isRunning, second.isRunning]).toEqual([true, false]);
    await expect(second.requestStop()).rejects.toMatchObject({
      code: 'illegal_transition',
      options: { context: { runId: left.id } },
    });
  });

  it('is let go of by a process that learns that another has taken it, and had at once after a stop', async () => {
    const left = await bench.begin();
    await left.step();
    bench.notice(left, 'STARTED');
    const first = await startProcess();
    await passing('the run to be taken up', () => first.isRunning);
    await store.state.put('sync-run-lease/legacy-revamp', { runId: left.id, holder: 'another' });
    await passing('the loss to be noticed', () => !first.isRunning);
    await store.state.put('sync-run-lease/legacy-revamp', { runId: left.id, holder: null });
    await passing('the run to be taken up again', () => first.isRunning);
    await first.stop();
    const second = await startProcess();
    expect([second.isRunning, (await store.runs.get(left.id))?.status]).toEqual([true, 'running']);
  });
});
