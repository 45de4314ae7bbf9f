export type { AuditEntry, AuditLog, AuditQuery, NewAuditEntry } from './audit-log.js';
export type { ControlStore, Page, PageRequest } from './control-store.js';
export { searchedPerPage } from './dead-letters/dead-letter-index.js';
export type {
  DeadLetterCount,
  DeadLetterEntry,
  DeadLetterFilter,
  DeadLetterIndex,
  DeadLetterPage,
  DeadLetterQuery,
  EnteredPosition,
  DeadLetterStatus,
  IndexBatch,
  IndexedRecord,
  RecordPlace,
  ReplayCandidate,
  Settlement,
} from './dead-letters/dead-letter-index.js';
export { openControlStore } from './open-control-store.js';
export type { ControlStoreOptions } from './open-control-store.js';
export { InvalidCursorError, largestPage } from './page-cursor.js';
export { abandonedVersion, rememberedReplays } from './replays/replay-log.js';
export type { ReplayLog, RunningReplay, StoredReplay, StoredReplayResult } from './replays/replay-log.js';
export { createSortableIds } from './sortable-id.js';
export type { SortableIdSource } from './sortable-id.js';
export type { StateValue, StateValues } from './state-values.js';
export type {
  NewSyncRun,
  SyncRun,
  SyncRunChanges,
  SyncRunCreation,
  SyncRunEnd,
  SyncRunError,
  SyncRunProgress,
  SyncRunQuery,
  SyncRunSignal,
  SyncRunStatus,
  SyncRunStore,
  SyncRunTrigger,
} from './sync-run-store.js';
