import {
  columnFactsOf,
  createPostgresPool,
  listPostgresTables,
  openTableCatalog,
  placeholderFor,
  readPostgresAppliedOffsets,
  readPostgresLogEnd,
  readPostgresTableFacts,
  runOnPostgres,
} from '@rowbridge/database-access';
import type {
  MisfitHandling,
  PoolSettings,
  PostgresConnection,
  PostgresPool,
  RunPostgres,
  TargetAdministration,
} from '@rowbridge/database-access';
import type { DirectionPlan } from '@rowbridge/mapping';
import type { TargetDatabase } from '@rowbridge/pipeline';
import { maintainPostgresLedger } from './ledger-maintenance.js';
import { readLookSummary } from './look-summary.js';
import { OriginLeases } from './origin-lease.js';
import { readOpenSchemaDrifts, recordSchemaDrift, resolveSchemaDrift } from './schema-drift.js';
import { boundTable } from './target-context.js';
import type { TargetContext } from './target-context.js';
import { runTransaction } from './transaction.js';

export interface PostgresTargetOptions {
  readonly pool: PoolSettings;
  readonly plan: DirectionPlan;
  /** Configured for this server; raised when the server is replaced. */
  readonly epoch: number;
  /** Guard 2: every write carries a replication origin, so that a connector with `origin=none` leaves it out. */
  readonly logOrigin: boolean;
  /** How long event ids are kept, by their own time. Default 192 (eight days). */
  readonly ledgerRetentionHours?: number;
  /** A second look older than this counts as stuck. Default ten minutes. */
  readonly lookDeadlineMs?: number;
  /** Default refuse. */
  readonly misfits?: MisfitHandling;
  /** Milliseconds since 1970. Default the system clock. */
  readonly now?: () => number;
}

export interface PostgresTarget extends TargetDatabase, TargetAdministration {}

/**
 * A PostgreSQL database as the target of one direction.
 * @throws RowbridgeError `invalid_configuration` or `table_without_primary_key` when the plan and the catalog disagree;
 *   connection faults
 */
export async function createPostgresTarget(options: PostgresTargetOptions): Promise<PostgresTarget> {
  const pool = createPostgresPool({
    applicationName: `rowbridge-${options.plan.name}`,
    ...options.pool,
    looksUpByKey: true,
  });
  try {
    return assembleTarget(options, pool, await readContext(options, runOnPostgres(pool)));
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function readContext(
  { plan, now, misfits }: PostgresTargetOptions,
  run: RunPostgres,
): Promise<TargetContext> {
  const catalog = await openTableCatalog(
    { plans: plan.tables, side: 'target', read: (tables) => readPostgresTableFacts(run, tables) },
    misfits,
  );
  return {
    plan,
    now: now ?? Date.now,
    sequenceReached: new Map(),
    catalog,
  };
}

function assembleTarget(
  options: PostgresTargetOptions,
  pool: PostgresPool,
  context: TargetContext,
): PostgresTarget {
  const run = runOnPostgres(pool);
  const direction = options.plan.name;
  const origins = options.logOrigin ? new OriginLeases(direction) : null;
  const prepare = async (connection: PostgresConnection): Promise<void> => {
    await origins?.ensure(connection, runOnPostgres(connection));
  };
  const retentionHours = options.ledgerRetentionHours ?? 192;
  return {
    transaction: (work) => runTransaction({ pool, context, prepare }, work),
    uniqueKeys: (table) => {
      const bound = boundTable(context, table);
      const mapped = new Set(bound.columns.map(({ name }) => name));
      return bound.facts.uniqueKeys.filter((key) => key.every((column) => mapped.has(column)));
    },
    placeholder: (table, column) => placeholderFor(columnFactsOf(boundTable(context, table), column).limits),
    readLogEnd: () => readPostgresLogEnd(run, options.epoch),
    readAppliedOffsets: (name) => readPostgresAppliedOffsets(run, name),
    lookSummary: (name) =>
      readLookSummary(run, {
        direction: name,
        listedBeforeMs: context.now() - (options.lookDeadlineMs ?? 600_000),
      }),
    schema: context.catalog,
    listTables: () => listPostgresTables(run, options.plan.target.schema),
    openSchemaDrifts: () => readOpenSchemaDrifts(run, direction),
    recordSchemaDrift: (drift) => recordSchemaDrift(run, direction, drift),
    resolveSchemaDrift: (table) => resolveSchemaDrift(run, direction, table),
    maintainLedger: () => maintainPostgresLedger(pool, { nowMs: context.now(), retentionHours }),
    close: () => pool.end(),
  };
}
