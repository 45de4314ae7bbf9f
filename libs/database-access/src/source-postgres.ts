import type { DirectionPlan } from '@rowbridge/mapping';
import type { SourceDatabase } from '@rowbridge/pipeline';
import { createPostgresPool } from './connection.js';
import type { PoolSettings } from './connection.js';
import { readPostgresTableFacts } from './facts/postgres-table-facts.js';
import { listPostgresTables } from './list-tables.js';
import { readPostgresAppliedOffsets, readPostgresLogEnd } from './postgres-log.js';
import { readPostgresRetainedLog, type BinlogPlace } from './retained-log.js';
import { readPostgresRows } from './statements/postgres-rows.js';
import { runOnPostgres } from './statements/postgres-statement.js';
import { readPostgresIdentities } from './statements/postgres-identities.js';
import { openTableCatalog } from './table-catalog.js';
import type { MisfitHandling, SchemaCatalog } from './table-catalog.js';
import type { AppliedOffsets } from './target-administration.js';

export interface SourceOptions {
  readonly pool: PoolSettings;
  readonly plan: DirectionPlan;
  /** Configured for this server; raised when the server is replaced. */
  readonly epoch: number;
  /** Default refuse. */
  readonly misfits?: MisfitHandling;
}

/** A source with what its direction's host asks beside the row's path. */
export interface SourceConnection extends SourceDatabase {
  /** How far the given direction, which writes this database, has come on its topics. */
  readAppliedOffsets(direction: string): Promise<AppliedOffsets>;
  /** The server's clock, milliseconds since 1970. */
  readClock(): Promise<number>;
  /**
   * Bytes of the log that the server keeps, or has to keep, for capture; null where that is not known.
   * @param committed how far capture has come; only a binary log asks for it
   */
  readRetainedLog(committed: BinlogPlace | null): Promise<bigint | null>;
  /** The tables read, as the server has them. */
  readonly schema: SchemaCatalog;
  /** Base tables of the plan's schema that this user may see. */
  listTables(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Reads of a PostgreSQL source.
 * @throws RowbridgeError `invalid_configuration` when the plan names what the catalog does not have; connection faults
 */
export async function createPostgresSource({
  pool: settings,
  plan,
  epoch,
  misfits,
}: SourceOptions): Promise<SourceConnection> {
  const pool = createPostgresPool({ ...settings, looksUpByKey: true });
  const run = runOnPostgres(pool);
  try {
    const catalog = await openTableCatalog(
      { plans: plan.tables, side: 'source', read: (tables) => readPostgresTableFacts(run, tables) },
      misfits,
    );
    return {
      schema: catalog,
      listTables: () => listPostgresTables(run, plan.source.schema),
      readRows: async (table, keys) => readPostgresRows(run, catalog.bound(table), { keys, lock: false }),
      readFittingRows: (table, keys) =>
        catalog.readFitting(table, (bound) => readPostgresRows(run, bound, { keys, lock: false })),
      readPeerIdentities: (entity, sourceKeys) =>
        readPostgresIdentities(run, { entity, from: 'target_id', to: 'source_id', keys: sourceKeys }),
      readPeerIdentitiesReverse: (entity, targetKeys) =>
        readPostgresIdentities(run, { entity, from: 'source_id', to: 'target_id', keys: targetKeys }),
      readLogEnd: () => readPostgresLogEnd(run, epoch),
      readRetainedLog: () => readPostgresRetainedLog(run),
      readAppliedOffsets: (direction) => readPostgresAppliedOffsets(run, direction),
      readClock: async () => {
        const text = 'select extract(epoch from pg_catalog.clock_timestamp()) * 1000';
        return Number((await run({ text, operation: 'read_clock' })).rows[0]?.[0]);
      },
      close: () => pool.end(),
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
