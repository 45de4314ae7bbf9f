import {
  columnFactsOf,
  createMysqlPool,
  listMysqlTables,
  openTableCatalog,
  placeholderFor,
  readMysqlAppliedOffsets,
  readMysqlLogEnd,
  readMysqlServer,
  readMysqlTableFacts,
  runOnMysql,
} from '@rowbridge/database-access';
import type {
  MisfitHandling,
  MysqlPool,
  PoolSettings,
  RunMysql,
  TargetAdministration,
} from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan } from '@rowbridge/mapping';
import type { TargetDatabase } from '@rowbridge/pipeline';
import { maintainMysqlLedger } from './ledger-maintenance.js';
import { readLookSummary } from './look-summary.js';
import { readOpenSchemaDrifts, recordSchemaDrift, resolveSchemaDrift } from './schema-drift.js';
import { defaultLogOriginServerId } from './mark-writes.js';
import { WriterSessions } from './session.js';
import { boundTable } from './target-context.js';
import type { TargetContext } from './target-context.js';
import { runTransaction } from './transaction.js';

export interface MysqlTargetOptions {
  readonly pool: PoolSettings;
  readonly plan: DirectionPlan;
  /** Configured for this server; raised when the server is replaced. */
  readonly epoch: number;
  /** Guard 2, MariaDB only: every write is logged under a server id of its own, which connectors leave out. */
  readonly logOrigin: boolean;
  /** That server id. Default {@link defaultLogOriginServerId}. */
  readonly logOriginServerId?: number;
  /** How long event ids are kept, by their own time. Default 192 (eight days). */
  readonly ledgerRetentionHours?: number;
  /** A second look older than this counts as stuck. Default ten minutes. */
  readonly lookDeadlineMs?: number;
  /** Default refuse. */
  readonly misfits?: MisfitHandling;
  /** Milliseconds since 1970. Default the system clock. */
  readonly now?: () => number;
}

export interface MysqlTarget extends TargetDatabase, TargetAdministration {}

/**
 * A MySQL or MariaDB database as the target of one direction.
 * @throws RowbridgeError `invalid_configuration` or `table_without_primary_key` when the plan and the catalog disagree,
 *   or a log origin is asked of MySQL; connection faults
 */
export async function createMysqlTarget(options: MysqlTargetOptions): Promise<MysqlTarget> {
  const pool = createMysqlPool({ applicationName: `rowbridge-${options.plan.name}`, ...options.pool });
  try {
    return assembleTarget(options, pool, await readContext(options, runOnMysql(pool)));
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function readContext(options: MysqlTargetOptions, run: RunMysql): Promise<TargetContext> {
  const { plan, now } = options;
  const server = await readMysqlServer(run);
  if (options.logOrigin && server.engine === 'mysql') {
    throw new RowbridgeError('invalid_configuration', 'MySQL cannot mark the origin of writes in its log', {
      whatToDo: 'Use the source-column guard for this direction, or MariaDB.',
    });
  }
  const catalog = await openTableCatalog(
    { plans: plan.tables, side: 'target', read: (tables) => readMysqlTableFacts(run, server, tables) },
    options.misfits,
  );
  return {
    plan,
    server,
    now: now ?? Date.now,
    catalog,
  };
}

function assembleTarget(options: MysqlTargetOptions, pool: MysqlPool, context: TargetContext): MysqlTarget {
  const run = runOnMysql(pool);
  const direction = options.plan.name;
  const serverId = options.logOriginServerId ?? defaultLogOriginServerId;
  const sessions = new WriterSessions(context.server);
  const logOriginServerId = options.logOrigin ? serverId : null;
  const retentionHours = options.ledgerRetentionHours ?? 192;
  return {
    transaction: (work) => runTransaction({ pool, context, sessions, logOriginServerId }, work),
    uniqueKeys: (table) => {
      const bound = boundTable(context, table);
      const mapped = new Set(bound.columns.map(({ name }) => name));
      return bound.facts.uniqueKeys.filter((key) => key.every((column) => mapped.has(column)));
    },
    placeholder: (table, column) => placeholderFor(columnFactsOf(boundTable(context, table), column).limits),
    readLogEnd: () => readMysqlLogEnd(run, context.server, options.epoch),
    readAppliedOffsets: (name) => readMysqlAppliedOffsets(run, name),
    lookSummary: (name) =>
      readLookSummary(run, {
        direction: name,
        listedBeforeMs: context.now() - (options.lookDeadlineMs ?? 600_000),
      }),
    schema: context.catalog,
    listTables: () => listMysqlTables(run, options.plan.target.schema),
    openSchemaDrifts: () => readOpenSchemaDrifts(run, direction),
    recordSchemaDrift: (drift) => recordSchemaDrift(run, direction, drift),
    resolveSchemaDrift: (table) => resolveSchemaDrift(run, direction, table),
    maintainLedger: () => maintainMysqlLedger(pool, { nowMs: context.now(), retentionHours }),
    close: () => pool.end(),
  };
}
