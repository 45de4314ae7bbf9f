import type { TablePlan } from '@rowbridge/mapping';
import type { BatchProgress } from './batch-entry.js';
import type { DirectionContext } from './direction-context.js';
import type { TargetTransaction } from './ports.js';
import type { TwinDirectory } from './resolve-twins.js';

/** One attempt at a batch: its transaction and all it has decided so far. */
export interface BatchWork {
  readonly context: DirectionContext;
  readonly table: TablePlan;
  readonly transaction: TargetTransaction;
  readonly twins: TwinDirectory;
  readonly progress: BatchProgress;
  /** Whether to end the attempt rather than list a key whose relatives are missing. */
  readonly mayWait: boolean;
  /** Whether the changes were consumed before: others of their keys may be in work at the same time. */
  readonly isReplay: boolean;
}
