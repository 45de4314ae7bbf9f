import {
  firstEventIdOf,
  ledgerDay,
  mysqlFailure,
  planLedgerDays,
  runOnMysql,
} from '@rowbridge/database-access';
import type {
  LedgerDay,
  LedgerMaintenance,
  LedgerWork,
  MysqlPool,
  RunMysql,
} from '@rowbridge/database-access';

const operation = 'maintain_ledger';
const table = 'rowbridge.processed_events';
const maintenanceLock = 'rowbridge_maintain_ledger';

/**
 * Adds the ledger's coming days and drops the ones wholly older than the retention. The lowest partition also holds
 * all older ids, `above` all newer ones. Waits two seconds at most for claims under way, which wait for it in turn.
 * @throws RowbridgeError `lock_timeout` when claims leave no gap: try again later
 */
export async function maintainMysqlLedger(
  pool: MysqlPool,
  request: { readonly nowMs: number; readonly retentionHours: number },
): Promise<LedgerMaintenance> {
  const connection = await pool.getConnection().catch((error: unknown) => {
    throw mysqlFailure(error, { operation: 'connect' });
  });
  const run = runOnMysql(connection);
  try {
    await run({ text: 'set session lock_wait_timeout = 2', operation });
    await run({ text: 'select get_lock(?, 60)', values: [maintenanceLock], operation });
    const partitions = await readPartitions(run);
    const work = planLedgerDays(
      partitions.filter((name) => /^day\d{8}$/.test(name)).map((name) => ledgerDay(name.slice(3))),
      request,
    );
    await changeDays(run, work, partitions);
    return { partitionsAdded: work.add.length, partitionsDropped: work.drop.length };
  } finally {
    // Ends the lock and the session's short patience with it.
    connection.destroy();
  }
}

async function readPartitions(run: RunMysql): Promise<readonly string[]> {
  const { rows } = await run({
    text: `select partition_name from information_schema.partitions
      where table_schema = 'rowbridge' and table_name = 'processed_events' order by partition_ordinal_position`,
    operation,
    table,
  });
  return rows.map(([name]) => String(name));
}

async function changeDays(run: RunMysql, work: LedgerWork, partitions: readonly string[]): Promise<void> {
  if (work.add.length > 0) {
    const days = work.add.map((day) => `partition ${nameOf(day)} values less than (${boundOf(day.endMs)})`);
    const [first] = work.add;
    if (partitions.length === 1 && first) {
      days.unshift(`partition older values less than (${boundOf(first.startMs)})`);
    }
    await run({
      text: `alter table ${table} reorganize partition above into
        (${days.join(', ')}, partition above values less than (maxvalue))`,
      operation,
      table,
    });
  }
  if (work.drop.length > 0) {
    // What is older than the first day goes with it: kept, it would hold the ids of days that are gone for ever.
    const dropped = [...(partitions.includes('older') ? ['older'] : []), ...work.drop.map(nameOf)];
    await run({ text: `alter table ${table} drop partition ${dropped.join(', ')}`, operation, table });
  }
}

function nameOf(day: LedgerDay): string {
  return `day${day.name}`;
}

function boundOf(timeMs: number): string {
  return `x'${firstEventIdOf(timeMs)}'`;
}
