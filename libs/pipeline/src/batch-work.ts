import type { TablePlan } from '@rowbridge/mapping';
import type { BatchProgress } from './batch-entry.js';
import type { DirectionContext } from './direction-context.js';
import type { Patience } from './patience.js';
import type { TargetTransaction } from './ports.js';
import type { TwinDirectory } from './resolve-twins.js';

/** One attempt at a batch: its transaction and all it has decided so far. */
export interface BatchWork {
  readonly context: DirectionContext;
  readonly table: TablePlan;
  readonly transaction: TargetTransaction;
  readonly twins: TwinDirectory;
  readonly progress: BatchProgress;
  readonly patience: Patience;
}
