import type { DirectionPlan } from '@rowbridge/mapping';
import type { SourceDatabase } from '@rowbridge/pipeline';
import { createPostgresPool } from './connection.js';
import type { PoolSettings } from './connection.js';
import { expectedSourceTable } from './expected-tables.js';
import { readPostgresTableFacts } from './facts/postgres-table-facts.js';
import { requireTables } from './facts/require-tables.js';
import type { ExpectedTable } from './facts/require-tables.js';
import { readPostgresAppliedOffsets, readPostgresLogEnd } from './postgres-log.js';
import { readPostgresRows } from './statements/postgres-rows.js';
import { runOnPostgres } from './statements/postgres-statement.js';
import { quotePostgresIdentifier } from './quote-identifier.js';
import { bindTable } from './statements/bound-table.js';
import type { BoundTable } from './statements/bound-table.js';
import { readPostgresIdentities } from './statements/postgres-identities.js';
import type { AppliedOffsets } from './target-administration.js';

export interface SourceOptions {
  readonly pool: PoolSettings;
  readonly plan: DirectionPlan;
  /** Configured for this server; raised when the server is replaced. */
  readonly epoch: number;
}

/** A source with what its direction's host asks beside the row's path. */
export interface SourceConnection extends SourceDatabase {
  /** How far the given direction, which writes this database, has come on its topics. */
  readAppliedOffsets(direction: string): Promise<AppliedOffsets>;
  /** The server's clock, milliseconds since 1970. */
  readClock(): Promise<number>;
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
}: SourceOptions): Promise<SourceConnection> {
  const pool = createPostgresPool(settings);
  const run = runOnPostgres(pool);
  try {
    const expected = plan.tables.map(expectedSourceTable);
    const facts = await readPostgresTableFacts(run, expected);
    requireTables(facts, expected, false);
    const tables = new Map<string, BoundTable>(
      plan.tables.map((table, index) => {
        return [table.entity, bindTable(expected[index] as ExpectedTable, facts, quotePostgresIdentifier)];
      }),
    );
    return {
      readRows: (table, keys) =>
        readPostgresRows(run, tables.get(table.entity) as BoundTable, { keys, lock: false }),
      readPeerIdentities: (entity, sourceKeys) =>
        readPostgresIdentities(run, { entity, from: 'target_id', to: 'source_id', keys: sourceKeys }),
      readPeerIdentitiesReverse: (entity, targetKeys) =>
        readPostgresIdentities(run, { entity, from: 'source_id', to: 'target_id', keys: targetKeys }),
      readLogEnd: () => readPostgresLogEnd(run, epoch),
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
