import type { DirectionPlan } from '@rowbridge/mapping';
import type { PooledDatabase } from '../api-context.js';

/** One side's database, reached as the sync user, which may read the tables and owns the bookkeeping. */
export type SyncedDatabase = PooledDatabase;

/** One direction with what it takes to read its source again and to look at both of its databases. */
export interface SyncedDirection {
  readonly plan: DirectionPlan;
  /** Name of the source's connector in Kafka Connect. */
  readonly connector: string;
  readonly source: SyncedDatabase;
  readonly target: SyncedDatabase;
}

/** What runs together: one sync run at a time for all of it. */
export interface SyncedSystem {
  readonly name: string;
  readonly directions: readonly SyncedDirection[];
}
