import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import type { BoundTable, RunPostgres } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';

/** What every part of a target shares: the plan, its tables as the catalog knows them, and the clock. */
export interface TargetContext {
  readonly plan: DirectionPlan;
  readonly tables: ReadonlyMap<string, BoundTable>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Highest value each sequence is known to have reached; sequences only rise. */
  readonly sequenceReached: Map<string, bigint>;
}

/** One transaction's view: the context and its connection. */
export interface TransactionContext extends TargetContext {
  readonly run: RunPostgres;
}

export function boundTable(context: TargetContext, table: TablePlan): BoundTable {
  const found = context.tables.get(table.entity);
  if (!found)
    throw new RowbridgeError('internal_error', `the direction's plan has no entity ${table.entity}`);
  return found;
}
