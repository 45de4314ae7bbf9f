import type { DirectionStatus, SyncRun } from '@rowbridge/control-protocol';
import type { StateValues, SyncRunStore } from '@rowbridge/control-store';
import type { RecordProducer } from '@rowbridge/kafka';
import type { Logger } from '@rowbridge/observability';
import type { OffsetReader } from './applied-progress.js';
import type { ConnectorCare } from './connector-care.js';
import type { ReconcileDeletes } from './reconcile-deletes.js';
import type { SyncRunMetrics } from './sync-run-metrics.js';

/** How long each kind of standstill is borne, milliseconds. */
export interface RunPatience {
  /** From a signal to the connector's first notice, the connector running. */
  readonly startMs: number;
  /** Without a chunk read or a record applied, the connector running. */
  readonly progressMs: number;
  /** From a stop signal to the connector's confirmation. */
  readonly stopMs: number;
}

export const defaultPatience: RunPatience = { startMs: 60_000, progressMs: 600_000, stopMs: 120_000 };

/** What a run works with. */
export interface RunPorts {
  readonly runs: SyncRunStore;
  readonly state: StateValues;
  readonly offsets: OffsetReader;
  readonly producer: RecordProducer;
  readonly care: ConnectorCare;
  readonly reconcileDeletes: ReconcileDeletes;
  /** The services' latest reports. */
  readonly reports: () => readonly DirectionStatus[];
  readonly metrics: SyncRunMetrics;
  readonly logger: Logger;
  readonly now: () => number;
  readonly patience: RunPatience;
  /** Told of each state of the run worth showing. */
  readonly onChange: (run: SyncRun) => void;
}
