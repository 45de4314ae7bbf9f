import type { SyncRun } from '@rowbridge/control-protocol';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What sync runs measure. */
export interface SyncRunMetrics {
  /** A run has begun, or goes on with this. */
  running(run: Pick<SyncRun, 'percent'>): void;
  ended(run: Pick<SyncRun, 'state' | 'trigger' | 'error' | 'rowsRead'>): void;
  /** The last one ended before this process began. */
  last(run: Pick<SyncRun, 'state'>): void;
}

/** Metrics of sync runs, in the process's registry. `sync_run_failed` is what an alert looks at. */
export function createSyncRunMetrics(registry: Registry): SyncRunMetrics {
  const registers = [registry];
  const runs = new Counter({
    name: 'sync_runs_total',
    help: 'Sync runs that have ended',
    labelNames: ['trigger', 'state'] as const,
    registers,
  });
  const failures = new Counter({
    name: 'sync_run_failures_total',
    help: 'Failed sync runs by error code',
    labelNames: ['error_code'] as const,
    registers,
  });
  const rows = new Counter({ name: 'sync_run_rows_total', help: 'Rows read by sync runs', registers });
  const isRunning = new Gauge({
    name: 'sync_run_running',
    help: '1 while a sync run is going on',
    registers,
  });
  const hasFailed = new Gauge({
    name: 'sync_run_failed',
    help: '1 while the last sync run is a failed one',
    registers,
  });
  const ratio = new Gauge({
    name: 'sync_run_progress_ratio',
    help: 'Share of the current or last run done',
    registers,
  });
  return {
    running({ percent }) {
      isRunning.set(1);
      ratio.set(percent / 100);
    },
    ended({ state, trigger, error, rowsRead }) {
      isRunning.set(0);
      if (state === 'completed') ratio.set(1);
      this.last({ state });
      runs.inc({ trigger, state });
      rows.inc(rowsRead);
      if (error !== null) failures.inc({ error_code: error.code });
    },
    last({ state }) {
      hasFailed.set(state === 'failed' ? 1 : 0);
    },
  };
}
