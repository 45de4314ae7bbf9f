import type { SyncHistoryRow } from './store-tables.js';
import type { SyncRun, SyncRunChanges } from './sync-run-store.js';

export function toSyncHistoryRow(run: SyncRun): SyncHistoryRow {
  return {
    id: run.id,
    system_name: run.system,
    running_slot: run.status === 'running' ? run.system : null,
    status: run.status,
    started_by: run.trigger,
    actor: run.actor,
    directions: JSON.stringify(run.directions),
    tables: JSON.stringify(run.tables),
    key_filter: run.keyFilter,
    resets: run.reset ? 1 : 0,
    progress: JSON.stringify(run.progress),
    signals: JSON.stringify(run.signals),
    conflicts: run.conflicts,
    error: run.error === null ? null : JSON.stringify(run.error),
    started_at_ms: run.startedAtMs,
    updated_at_ms: run.updatedAtMs,
    ended_at_ms: run.endedAtMs,
  };
}

export function toSyncRun(row: SyncHistoryRow): SyncRun {
  return {
    id: row.id,
    system: row.system_name,
    status: row.status as SyncRun['status'],
    trigger: row.started_by as SyncRun['trigger'],
    actor: row.actor,
    directions: JSON.parse(row.directions) as SyncRun['directions'],
    tables: JSON.parse(row.tables) as SyncRun['tables'],
    keyFilter: row.key_filter,
    reset: row.resets === 1,
    progress: JSON.parse(row.progress) as SyncRun['progress'],
    signals: JSON.parse(row.signals) as SyncRun['signals'],
    conflicts: row.conflicts,
    error: row.error === null ? null : (JSON.parse(row.error) as SyncRun['error']),
    startedAtMs: row.started_at_ms,
    updatedAtMs: row.updated_at_ms,
    endedAtMs: row.ended_at_ms,
  };
}

/** The columns that change; what is absent is left out. */
export function changedColumns({ progress, signals, conflicts }: SyncRunChanges): Partial<SyncHistoryRow> {
  return {
    ...(progress === undefined ? {} : { progress: JSON.stringify(progress) }),
    ...(signals === undefined ? {} : { signals: JSON.stringify(signals) }),
    ...(conflicts === undefined ? {} : { conflicts }),
  };
}
