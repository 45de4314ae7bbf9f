import type { MysqlServer, BoundTable, RunMysql } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';

/** What every part of a target shares: the plan, its tables as the catalog knows them, the server, and the clock. */
export interface TargetContext {
  readonly plan: DirectionPlan;
  readonly tables: ReadonlyMap<string, BoundTable>;
  readonly server: MysqlServer;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** One transaction's view: the context and its connection. */
export interface TransactionContext extends TargetContext {
  readonly run: RunMysql;
}

export function boundTable(context: TargetContext, table: TablePlan): BoundTable {
  const found = context.tables.get(table.entity);
  if (!found)
    throw new RowbridgeError('internal_error', `the direction's plan has no entity ${table.entity}`);
  return found;
}
