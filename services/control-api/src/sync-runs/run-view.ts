import type { SyncDirectionProgress, SyncRun } from '@rowbridge/control-protocol';
import type { SyncRun as StoredRun, SyncRunProgress } from '@rowbridge/control-store';

export type RunPhase = NonNullable<SyncRun['phase']>;

export interface RunParts {
  readonly phase: RunPhase;
  readonly conflicts: number;
  readonly directions: readonly SyncDirectionProgress[];
}

/** A run with all that its process knows of it. */
export function shownRun(run: StoredRun, { phase, conflicts, directions }: RunParts): SyncRun {
  return {
    ...shownHead(run),
    phase: run.status === 'running' ? phase : null,
    conflicts,
    directions: [...directions],
    ...totals(directions, run.status === 'completed'),
  };
}

/** A run of the history: what the store keeps of it. */
export function shownPastRun(run: StoredRun): SyncRun {
  const directions = run.directions.map((direction): SyncDirectionProgress => ({
    direction,
    connector: null,
    state: null,
    rowsApplied: null,
    tables: run.progress
      .filter((each) => each.direction === direction)
      .map(({ table, rowsDone, rowsTotal }) => ({
        table,
        state: null,
        estimatedRows: rowsTotal ?? 0,
        rowsRead: rowsDone,
        rowsCompared: null,
        looksListed: null,
      })),
  }));
  return {
    ...shownHead(run),
    phase: null,
    conflicts: run.conflicts,
    directions,
    ...totals(directions, run.status === 'completed'),
  };
}

/** What the store keeps of a run's progress. */
export function storedProgress(directions: readonly SyncDirectionProgress[]): readonly SyncRunProgress[] {
  return directions.flatMap(({ direction, tables }) =>
    tables.map(({ table, rowsRead, estimatedRows }) => ({
      direction,
      table,
      rowsDone: rowsRead,
      rowsTotal: estimatedRows,
    })),
  );
}

type Head = Pick<
  SyncRun,
  'id' | 'state' | 'trigger' | 'actor' | 'reset' | 'filter' | 'error' | 'startedAt' | 'endedAt'
>;

function shownHead(run: StoredRun): Head {
  return {
    id: run.id,
    state: run.status,
    trigger: run.trigger,
    actor: run.actor,
    reset: run.reset,
    filter: run.keyFilter === null ? null : (JSON.parse(run.keyFilter) as string[]),
    error: run.error,
    startedAt: new Date(run.startedAtMs).toISOString(),
    endedAt: run.endedAtMs === null ? null : new Date(run.endedAtMs).toISOString(),
  };
}

type Totals = Pick<SyncRun, 'estimatedRows' | 'rowsRead' | 'rowsApplied' | 'percent'>;

/** Per cent of the rows that have been read and applied; what was read counts where more was there than estimated. */
function totals(directions: readonly SyncDirectionProgress[], isCompleted: boolean): Totals {
  const tables = directions.flatMap((direction) => direction.tables);
  const sum = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0);
  const rowsRead = sum(tables.map((table) => table.rowsRead));
  const rowsApplied = isCompleted ? rowsRead : sum(directions.map((direction) => direction.rowsApplied ?? 0));
  const expected = sum(tables.map((table) => Math.max(table.estimatedRows, table.rowsRead)));
  const share = expected === 0 ? 0 : rowsApplied / expected;
  return {
    estimatedRows: sum(tables.map((table) => table.estimatedRows)),
    rowsRead,
    rowsApplied,
    percent: isCompleted ? 100 : Math.min(99, Math.floor(share * 1_000) / 10),
  };
}
