import type { Page, PageRequest } from './control-store.js';

export type SyncRunStatus = 'running' | 'completed' | 'failed' | 'stopped';
export type SyncRunTrigger = 'manual' | 'schedule';

/** How far one table of one direction has come. */
export interface SyncRunProgress {
  readonly direction: string;
  /** Entity name, as in the metrics. */
  readonly table: string;
  readonly rowsDone: number;
  /** Null while not known. */
  readonly rowsTotal: number | null;
}

/** One incremental snapshot asked of one connector. */
export interface SyncRunSignal {
  readonly direction: string;
  /** Debezium's signal id: its notifications carry it. */
  readonly signalId: string;
}

export interface SyncRunError {
  /** Stable error code. */
  readonly code: string;
  /** Holds no row value. */
  readonly message: string;
}

/** One manual or scheduled sync. */
export interface SyncRun {
  /** Sorts as text in the order of starting. */
  readonly id: string;
  /** One run at a time per system. */
  readonly system: string;
  readonly status: SyncRunStatus;
  readonly trigger: SyncRunTrigger;
  readonly actor: string;
  readonly directions: readonly string[];
  /** Entity names. */
  readonly tables: readonly string[];
  /** Null for whole tables. */
  readonly keyFilter: string | null;
  /** Whether deletes are reconciled too. */
  readonly reset: boolean;
  readonly progress: readonly SyncRunProgress[];
  readonly signals: readonly SyncRunSignal[];
  readonly conflicts: number;
  readonly error: SyncRunError | null;
  readonly startedAtMs: number;
  readonly updatedAtMs: number;
  /** Null while it runs. */
  readonly endedAtMs: number | null;
}

export type NewSyncRun = Pick<
  SyncRun,
  'system' | 'trigger' | 'actor' | 'directions' | 'tables' | 'keyFilter' | 'reset'
> &
  Partial<Pick<SyncRun, 'progress' | 'signals'>>;

/** What is absent stays as it was. */
export type SyncRunChanges = Partial<Pick<SyncRun, 'progress' | 'signals' | 'conflicts'>>;

export interface SyncRunEnd extends SyncRunChanges {
  readonly status: Exclude<SyncRunStatus, 'running'>;
  readonly error?: SyncRunError | null;
}

export type SyncRunCreation =
  | { readonly kind: 'created'; readonly run: SyncRun }
  /** Another run of the system is running: nothing was created. */
  | { readonly kind: 'busy'; readonly running: SyncRun };

export interface SyncRunQuery extends PageRequest {
  readonly system?: string | undefined;
  readonly statuses?: readonly SyncRunStatus[] | undefined;
  readonly trigger?: SyncRunTrigger | undefined;
  readonly actor?: string | undefined;
  /** Runs that included it. */
  readonly direction?: string | undefined;
  /** Entity name; runs that included it. */
  readonly table?: string | undefined;
  /** Started then or later. */
  readonly fromMs?: number | undefined;
  /** Started before. */
  readonly untilMs?: number | undefined;
}

/** The history of syncs, the running one included (`sync_history`). */
export interface SyncRunStore {
  /** Refuses a second running one of a system, however many processes ask at once. */
  create(run: NewSyncRun): Promise<SyncRunCreation>;
  /** @returns the run, or null where it is unknown or no longer running: then nothing is changed */
  update(id: string, changes: SyncRunChanges): Promise<SyncRun | null>;
  /** Ends a running run. Answers as {@link update} does, so that of several who end it one succeeds. */
  finish(id: string, end: SyncRunEnd): Promise<SyncRun | null>;
  get(id: string): Promise<SyncRun | null>;
  /** The running one of a system. */
  running(system: string): Promise<SyncRun | null>;
  /** Newest first. */
  list(query: SyncRunQuery): Promise<Page<SyncRun>>;
}
