import { createMysqlPool } from './connection.js';
import { readMysqlServer } from './facts/mysql-server.js';
import { readMysqlTableFacts } from './facts/mysql-table-facts.js';
import { listMysqlTables } from './list-tables.js';
import { readMysqlAppliedOffsets, readMysqlLogEnd } from './mysql-log.js';
import { readMysqlRetainedLog } from './retained-log.js';
import type { SourceConnection, SourceOptions } from './source-postgres.js';
import { readMysqlIdentities } from './statements/mysql-identities.js';
import { readMysqlRows } from './statements/mysql-rows.js';
import { runOnMysql } from './statements/mysql-statement.js';
import { openTableCatalog } from './table-catalog.js';

/**
 * Reads of a MySQL or MariaDB source.
 * @throws RowbridgeError `invalid_configuration` when the plan names what the catalog does not have; connection faults
 */
export async function createMysqlSource({
  pool: settings,
  plan,
  epoch,
  misfits,
}: SourceOptions): Promise<SourceConnection> {
  const pool = createMysqlPool(settings);
  const run = runOnMysql(pool);
  try {
    const server = await readMysqlServer(run);
    const catalog = await openTableCatalog(
      { plans: plan.tables, side: 'source', read: (tables) => readMysqlTableFacts(run, server, tables) },
      misfits,
    );
    return {
      schema: catalog,
      listTables: () => listMysqlTables(run, plan.source.schema),
      readRows: async (table, keys) => readMysqlRows(run, catalog.bound(table), { keys, lock: false }),
      readFittingRows: (table, keys) =>
        catalog.readFitting(table, (bound) => readMysqlRows(run, bound, { keys, lock: false })),
      readPeerIdentities: (entity, sourceKeys) =>
        readMysqlIdentities(run, { entity, from: 'target_id', to: 'source_id', keys: sourceKeys }),
      readPeerIdentitiesReverse: (entity, targetKeys) =>
        readMysqlIdentities(run, { entity, from: 'source_id', to: 'target_id', keys: targetKeys }),
      readLogEnd: () => readMysqlLogEnd(run, server, epoch),
      readRetainedLog: async (committed) => committed && readMysqlRetainedLog(run, committed),
      readAppliedOffsets: (direction) => readMysqlAppliedOffsets(run, direction),
      readClock: async () => {
        const text = 'select unix_timestamp(now(6)) * 1000';
        return Number((await run({ text, operation: 'read_clock' })).rows[0]?.[0]);
      },
      close: () => pool.end(),
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
