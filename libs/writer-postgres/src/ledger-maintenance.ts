import {
  firstEventIdOf,
  ledgerDay,
  planLedgerDays,
  postgresFailure,
  runOnPostgres,
} from '@rowbridge/database-access';
import type { LedgerDay, LedgerMaintenance, PostgresPool, RunPostgres } from '@rowbridge/database-access';

const operation = 'maintain_ledger';
const table = 'rowbridge.processed_events';
const older = 'rowbridge.processed_events_older';

/** Any number, the same for all who maintain. */
const maintenanceLock = 7_462_936_113;

/**
 * Adds the ledger's coming days and drops the ones wholly older than the retention. `processed_events_older` holds
 * what is older than the first day; it goes with the first day that is dropped and is made anew up to the next.
 * Waits two seconds at most for claims under way, which wait for it in turn.
 * @throws RowbridgeError `lock_timeout` when claims leave no gap: try again later
 */
export async function maintainPostgresLedger(
  pool: PostgresPool,
  request: { readonly nowMs: number; readonly retentionHours: number },
): Promise<LedgerMaintenance> {
  const connection = await pool.connect().catch((error: unknown) => {
    throw postgresFailure(error, { operation: 'connect' });
  });
  const run = runOnPostgres(connection);
  let healthy = false;
  try {
    await run({ text: 'begin', operation });
    await run({ text: `set local lock_timeout = '2s'`, operation });
    await run({ text: `select pg_catalog.pg_advisory_xact_lock(${maintenanceLock})`, operation });
    const existing = await readDays(run);
    const work = planLedgerDays(existing, request);
    const remaining = existing.filter((day) => !work.drop.includes(day));
    if (work.add.length > 0 || work.drop.length > 0) await changeDays(run, { ...work, remaining });
    await run({ text: 'commit', operation });
    healthy = true;
    return { partitionsAdded: work.add.length, partitionsDropped: work.drop.length };
  } catch (error) {
    healthy = await run({ text: 'rollback', operation }).then(
      () => true,
      () => false,
    );
    throw error;
  } finally {
    connection.release(!healthy);
  }
}

async function readDays(run: RunPostgres): Promise<readonly LedgerDay[]> {
  const { rows } = await run({
    text: `select class.relname from pg_catalog.pg_inherits inheritance
      join pg_catalog.pg_class class on class.oid = inheritance.inhrelid
      where inheritance.inhparent = '${table}'::regclass and class.relname ~ '^processed_events_[0-9]{8}$'
      order by 1`,
    operation,
    table,
  });
  return rows.map(([name]) => ledgerDay((name as string).slice(-8)));
}

async function changeDays(
  run: RunPostgres,
  work: { add: readonly LedgerDay[]; drop: readonly LedgerDay[]; remaining: readonly LedgerDay[] },
): Promise<void> {
  await run({ text: `lock table ${table} in access exclusive mode`, operation, table });
  for (const day of work.drop) await run({ text: `drop table ${partitionName(day)}`, operation, table });
  const [first] = [...work.remaining, ...work.add];
  if (first && (work.drop.length > 0 || work.remaining.length === 0)) {
    await run({ text: `drop table if exists ${older}`, operation, table });
    await addPartition(run, { name: older, from: null, to: first.startMs });
  }
  for (const day of work.add) {
    await addPartition(run, { name: partitionName(day), from: day.startMs, to: day.endMs });
  }
}

function partitionName(day: LedgerDay): string {
  return `rowbridge.processed_events_${day.name}`;
}

/** Ids of the range that were claimed before it had a partition of its own move into it from the default one. */
async function addPartition(
  run: RunPostgres,
  { name, from, to }: { name: string; from: number | null; to: number },
): Promise<void> {
  const lowest = from === null ? null : `'${firstEventIdOf(from)}'`;
  const range = `${lowest === null ? '' : `event_id >= ${lowest} and `}event_id < '${firstEventIdOf(to)}'`;
  await run({ text: `create table ${name} (like ${table} including all)`, operation, table });
  await run({
    text: `with moved as (delete from rowbridge.processed_events_default where ${range} returning event_id)
      insert into ${name} select event_id from moved`,
    operation,
    table,
  });
  await run({
    text: `alter table ${table} attach partition ${name}
      for values from (${lowest ?? 'minvalue'}) to ('${firstEventIdOf(to)}')`,
    operation,
    table,
  });
}
