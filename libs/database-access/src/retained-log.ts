import type { RunMysql } from './statements/mysql-statement.js';
import type { RunPostgres } from './statements/postgres-statement.js';

/** A place in a binary log. */
export interface BinlogPlace {
  readonly file: string;
  readonly position: bigint;
}

/**
 * Bytes of the write-ahead log that the logical slots of this database keep the server from dropping; null where there
 * is no slot, or none whose log is still there.
 */
export async function readPostgresRetainedLog(run: RunPostgres): Promise<bigint | null> {
  const { rows } = await run({
    text: `select max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), restart_lsn))::bigint
      from pg_catalog.pg_replication_slots
      where slot_type = 'logical' and database = pg_catalog.current_database()`,
    operation: 'read_retained_log',
  });
  const [bytes = null] = rows[0] ?? [];
  return bytes === null ? null : BigInt(bytes as string);
}

/**
 * Bytes of the binary log that capture has not read: the server keeps them by age alone. Where the file that capture is
 * in has been purged, all that is left.
 * @param committed how far capture has come
 */
export async function readMysqlRetainedLog(run: RunMysql, committed: BinlogPlace): Promise<bigint> {
  const { rows } = await run({ text: 'show binary logs', operation: 'read_retained_log' });
  const files = rows.map(([name, size]) => ({ name: name as string, bytes: BigInt(size as string) }));
  const current = files.findIndex(({ name }) => name === committed.file);
  const unread = files.slice(Math.max(0, current)).reduce((sum, { bytes }) => sum + bytes, 0n);
  return current < 0 ? unread : unread - committed.position;
}
