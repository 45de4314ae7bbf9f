import { openControlStore, type ControlStore } from '@rowbridge/control-store';
import { waitFor } from '@rowbridge/testing';
import { RunLease } from './run-lease.js';
import { SyncRunBench } from './sync-run-bench.js';
import { SyncRuns } from './sync-runs.js';

const soon = { deadlineMs: 10_000, intervalMs: 5 };

describe('a connector that a sync run has stopped', () => {
  let store: ControlStore;
  let bench: SyncRunBench;
  let runs: SyncRuns | null = null;

  beforeEach(async () => {
    store = await openControlStore({ url: 'sqlite::memory:' });
    bench = new SyncRunBench(store);
  });
  afterEach(async () => {
    await runs?.stop();
    runs = null;
    await store.close();
  });

  /** As a process leaves it that is killed, or meets a Connect that does not answer any more. */
  const leaveStopped = async (): Promise<void> => {
    bench.failing = { resume: null };
    await expect(bench.ports.care.setChunkRows('legacy', 7)).rejects.toThrow('not done');
    bench.failing = {};
    expect(bench.connectorState).toBe('STOPPED');
  };

  const startProcess = async (): Promise<void> => {
    const { system, ports } = bench;
    runs = new SyncRuns({ system, ports, onLeft: () => undefined, stepMs: 5 });
    await runs.start();
  };

  const looks = async (count: number): Promise<void> => {
    let seen = 0;
    const { running } = store.runs;
    Object.assign(store.runs, {
      running: (system: string) => {
        seen += 1;
        return running(system);
      },
    });
    await waitFor(
      () => {
        bench.nowMs += 500;
        return seen >= count;
      },
      { ...soon, what: 'looks' },
    );
    Object.assign(store.runs, { running });
  };

  it.each(['stop', 'resume'] as const)(
    'is resumed by the next step where %s got no answer',
    async (operation) => {
      const run = await bench.begin({ chunkSize: 7 });
      bench.failing = { [operation]: null };
      await expect(run.step()).rejects.toThrow('not done');
      expect(bench.connectorState).toBe('STOPPED');
      bench.failing = {};
      while (bench.signals.length === 0) await run.step();
      expect(bench.configuration['incremental.snapshot.chunk.size']).toBe('7');
      expect(bench.connectorState).toBe('RUNNING');
    },
  );

  it('is resumed though its run is over, by whichever process is there', async () => {
    await leaveStopped();
    bench.failing = { resume: 503 };
    await startProcess();
    await looks(3);
    expect(bench.connectorState).toBe('STOPPED');
    bench.failing = {};
    await looks(2);
    expect(bench.connectorState).toBe('RUNNING');
    bench.connectorState = 'STOPPED';
    await looks(3);
    // What an operator stops later stays as it is.
    expect(bench.connectorState).toBe('STOPPED');
  });

  it('is left alone by a process while a run of another goes on', async () => {
    const { id } = await bench.begin();
    const lease = new RunLease('legacy-revamp', bench.ports);
    await lease.begin(id);
    await leaveStopped();
    await startProcess();
    await looks(3);
    expect(bench.connectorState).toBe('STOPPED');
  });

  it('is not waited for once it is gone', async () => {
    await leaveStopped();
    bench.failing = { resume: 404 };
    await bench.ports.care.resumeStopped(['legacy']);
    bench.failing = {};
    await bench.ports.care.resumeStopped(['legacy']);
    expect(bench.connectorState).toBe('STOPPED');
  });
});
