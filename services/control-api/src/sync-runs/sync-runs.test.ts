import { openControlStore, type ControlStore } from '@rowbridge/control-store';
import { RowbridgeError } from '@rowbridge/errors';
import { ActiveRun } from './active-run.js';
import type { RunDetails } from './run-details.js';
import { SyncRunBench } from './sync-run-bench.js';

describe('a sync run', () => {
  let store: ControlStore;
  let bench: SyncRunBench;
  beforeEach(async () => {
    store = await openControlStore({ url: 'sqlite::memory:' });
    bench = new SyncRunBench(store);
  });
  afterEach(() => store.close());

  it('signals, is read, is applied, and only then completed', async () => {
    const run = await bench.begin();
    await run.step();
    expect(bench.signals).toMatchObject([
      {
        id: `${run.id}/legacy-to-revamp`,
        type: 'execute-snapshot',
        data: { 'data-collections': ['public\\.legacy_users'] },
      },
    ]);
    bench.notice(run, 'STARTED');
    bench.notice(run, 'IN_PROGRESS', { lastProcessedKey: '100' });
    bench.topicEnd = 140n;
    bench.applied = 90n;
    await run.step();
    expect(run.shown()).toMatchObject({ phase: 'reading', rowsRead: 100, rowsApplied: 50, percent: 20 });
    await bench.read(run);
    await run.step();
    expect(run.shown()).toMatchObject({ state: 'running', phase: 'applying' });
    bench.applied = bench.topicEnd;
    await run.step();
    expect(run.shown()).toMatchObject({ state: 'completed', phase: null, percent: 100, rowsRead: 250 });
    expect(await store.runs.get(run.id)).toMatchObject({
      status: 'completed',
      progress: [{ direction: 'legacy-to-revamp', table: 'users', rowsDone: 250, rowsTotal: 250 }],
    });
    expect(await bench.metric('sync_run_failed')).toBe('sync_run_failed 0');
  });

  it('restarts a failed connector first, and goes on once it runs', async () => {
    bench.connectorState = 'FAILED';
    const run = await bench.begin();
    await run.step();
    expect([bench.restarts, bench.signals.length]).toEqual([1, 0]);
    bench.connectorState = 'RUNNING';
    await run.step();
    expect(bench.signals).toHaveLength(1);
  });

  it('fails with an alert when its connector cannot be brought to run', async () => {
    bench.connectorState = 'FAILED';
    const run = await bench.begin();
    await run.step();
    bench.nowMs += 21_000;
    await run.step();
    expect(run.shown()).toMatchObject({ state: 'failed', error: { code: 'connector_failed' } });
    expect(await bench.metric('sync_run_failed')).toBe('sync_run_failed 1');
    expect(await bench.metric('sync_run_failures_total')).toContain('error_code="connector_failed"} 1');
    expect(await store.runs.running('legacy-revamp')).toBeNull();
  });

  it('fails when a signal is not taken up, when reading stands still, and when a table is left out', async () => {
    const ignored = await bench.begin();
    await ignored.step();
    bench.nowMs += 31_000;
    await ignored.step();
    expect(ignored.shown().error?.code).toBe('sync_run_not_started');
    // What the connector may still take up of it is stopped.
    expect(bench.signals.at(-1)?.type).toBe('stop-snapshot');

    const stalled = await bench.begin();
    await stalled.step();
    bench.notice(stalled, 'STARTED');
    bench.nowMs += 61_000;
    await stalled.step();
    expect(stalled.shown().error?.code).toBe('sync_run_stalled');

    const incomplete = await bench.begin();
    await incomplete.step();
    bench.notice(incomplete, 'TABLE_SCAN_COMPLETED', { totalRows: 3, status: 'SQL_EXCEPTION' });
    await incomplete.step();
    expect(incomplete.shown().error).toEqual({
      code: 'sync_snapshot_incomplete',
      message: expect.stringContaining('public.legacy_users: SQL_EXCEPTION') as string,
    });
  });

  it('waits for a connector that is restarted in between, however long a chunk takes', async () => {
    const run = await bench.begin();
    await run.step();
    bench.notice(run, 'STARTED');
    for (const state of ['FAILED', 'RUNNING'] as const) {
      bench.connectorState = state;
      bench.nowMs += 15_000;
      await run.step();
    }
    bench.notice(run, 'IN_PROGRESS', { lastProcessedKey: '100' });
    bench.nowMs += 50_000;
    await run.step();
    expect(run.shown()).toMatchObject({ state: 'running', phase: 'reading' });
  });

  it('stops only when the connector confirms it, and asks again until then', async () => {
    const run = await bench.begin();
    await run.step();
    bench.notice(run, 'STARTED');
    run.requestStop();
    await run.step();
    bench.nowMs += 11_000;
    await run.step();
    expect(bench.signals.map(({ type }) => type)).toEqual([
      'execute-snapshot',
      'stop-snapshot',
      'stop-snapshot',
    ]);
    expect(run.shown()).toMatchObject({ state: 'running', phase: 'stopping' });
    bench.notice(run, 'COMPLETED', { dataCollection: null });
    await run.step();
    expect(run.shown()).toMatchObject({ state: 'stopped', error: null });
    expect(run.shown().directions[0]?.state).toBe('stopped');
  });

  it('fails when a stop is never confirmed', async () => {
    const run = await bench.begin();
    await run.step();
    bench.notice(run, 'STARTED');
    run.requestStop();
    await run.step();
    bench.nowMs += 41_000;
    await run.step();
    expect(run.shown()).toMatchObject({ state: 'failed', error: { code: 'sync_run_stalled' } });
  });

  it('is taken up by the next process where it was', async () => {
    const run = await bench.begin();
    await run.step();
    bench.notice(run, 'STARTED');
    await run.step();
    await run.release();
    const stored = await store.runs.running('legacy-revamp');
    const details = (await store.state.get('sync-run/legacy-revamp'))?.content as RunDetails;
    expect(stored?.signals).toEqual([
      { direction: 'legacy-to-revamp', signalId: `${run.id}/legacy-to-revamp` },
    ]);
    if (stored === null) return;
    const { system, ports } = bench;
    const next = new ActiveRun({ system, run: stored, details, plan: null, ports });
    await bench.read(next);
    bench.applied = bench.topicEnd;
    await next.step();
    expect(next.shown().state).toBe('completed');
    expect(bench.signals).toHaveLength(1);
  });

  it('gives a connector its chunk size before it signals, and the connector is restarted for it once', async () => {
    const run = await bench.begin({ chunkSize: 7 });
    await run.step();
    expect(bench.configuration).toMatchObject({
      'incremental.snapshot.chunk.size': '7',
      'snapshot.fetch.size': '10000',
    });
    expect(bench.signals).toHaveLength(0);
    await run.step();
    expect(bench.signals).toHaveLength(1);
    bench.notice(run, 'IN_PROGRESS', { lastProcessedKey: '7' });
    expect(run.shown().rowsRead).toBe(7);
  });

  it('reconciles deletes after everything is applied, where a reset was asked for', async () => {
    const run = await bench.begin({ reset: true, confirm: 'reset' });
    await run.step();
    await bench.read(run);
    expect(bench.resets).toBe(0);
    bench.applied = bench.topicEnd;
    while (!run.isOver) await run.step();
    expect(bench.resets).toBe(1);
    expect(run.shown().directions[0]?.tables[0]).toMatchObject({ rowsCompared: 500, looksListed: 3 });
  });

  it('tries again what does not answer, and gives up after a long while', async () => {
    const run = await bench.begin();
    await run.step();
    bench.notice(run, 'STARTED');
    const { topicOffsets } = bench.ports.offsets;
    const failing = Object.assign(bench.ports.offsets, {
      topicOffsets: () => Promise.reject(new RowbridgeError('kafka_unreachable', 'no broker')),
    });
    await expect(run.step()).rejects.toThrow('no broker');
    Object.assign(failing, { topicOffsets });
    await run.step();
    expect(run.shown().state).toBe('running');
    Object.assign(failing, {
      topicOffsets: () => Promise.reject(new RowbridgeError('kafka_unreachable', 'none')),
    });
    bench.nowMs += 61_000;
    await run.step();
    expect(run.shown()).toMatchObject({ state: 'failed', error: { code: 'kafka_unreachable' } });
  });
});
