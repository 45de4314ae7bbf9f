import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import type { BoundTable, TableCatalog, RunPostgres } from '@rowbridge/database-access';

/** What every part of a target shares: the plan, its tables as the server has them, and the clock. */
export interface TargetContext {
  readonly plan: DirectionPlan;
  readonly catalog: TableCatalog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Highest value each sequence is known to have reached; sequences only rise. */
  readonly sequenceReached: Map<string, bigint>;
}

/** One transaction's view: the context and its connection. */
export interface TransactionContext extends TargetContext {
  readonly run: RunPostgres;
}

/** @throws RowbridgeError of a table that waits, while it does not fit its plan */
export function boundTable(context: TargetContext, table: TablePlan): BoundTable {
  return context.catalog.bound(table);
}
