import type { MysqlServer, BoundTable, TableCatalog, RunMysql } from '@rowbridge/database-access';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';

/** What every part of a target shares: the plan, its tables as the server has them, the server, and the clock. */
export interface TargetContext {
  readonly plan: DirectionPlan;
  readonly catalog: TableCatalog;
  readonly server: MysqlServer;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** One transaction's view: the context and its connection. */
export interface TransactionContext extends TargetContext {
  readonly run: RunMysql;
}

/** @throws RowbridgeError of a table that waits, while it does not fit its plan */
export function boundTable(context: TargetContext, table: TablePlan): BoundTable {
  return context.catalog.bound(table);
}
