import { createMysqlPool } from './connection.js';
import { expectedSourceTable } from './expected-tables.js';
import { readMysqlServer } from './facts/mysql-server.js';
import { readMysqlTableFacts } from './facts/mysql-table-facts.js';
import { requireTables } from './facts/require-tables.js';
import type { ExpectedTable } from './facts/require-tables.js';
import { readMysqlAppliedOffsets, readMysqlLogEnd } from './mysql-log.js';
import type { SourceConnection, SourceOptions } from './source-postgres.js';
import { quoteMysqlIdentifier } from './quote-identifier.js';
import { bindTable } from './statements/bound-table.js';
import type { BoundTable } from './statements/bound-table.js';
import { readMysqlIdentities } from './statements/mysql-identities.js';
import { readMysqlRows } from './statements/mysql-rows.js';
import { runOnMysql } from './statements/mysql-statement.js';

/**
 * Reads of a MySQL or MariaDB source.
 * @throws RowbridgeError `invalid_configuration` when the plan names what the catalog does not have; connection faults
 */
export async function createMysqlSource({
  pool: settings,
  plan,
  epoch,
}: SourceOptions): Promise<SourceConnection> {
  const pool = createMysqlPool(settings);
  const run = runOnMysql(pool);
  try {
    const server = await readMysqlServer(run);
    const expected = plan.tables.map(expectedSourceTable);
    const facts = await readMysqlTableFacts(run, server, expected);
    requireTables(facts, expected, false);
    const tables = new Map<string, BoundTable>(
      plan.tables.map((table, index) => [
        table.entity,
        bindTable(expected[index] as ExpectedTable, facts, quoteMysqlIdentifier),
      ]),
    );
    return {
      readRows: (table, keys) =>
        readMysqlRows(run, tables.get(table.entity) as BoundTable, { keys, lock: false }),
      readPeerIdentities: (entity, sourceKeys) =>
        readMysqlIdentities(run, { entity, from: 'target_id', to: 'source_id', keys: sourceKeys }),
      readPeerIdentitiesReverse: (entity, targetKeys) =>
        readMysqlIdentities(run, { entity, from: 'source_id', to: 'target_id', keys: targetKeys }),
      readLogEnd: () => readMysqlLogEnd(run, server, epoch),
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
