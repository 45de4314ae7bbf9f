import type { NotedPosition } from 'debezium-connect-client';
import type { PairDatabases } from './pair-databases.js';

/** The end of each database's log. */
export interface LogEnds {
  readonly legacy: NotedPosition;
  readonly revamp: NotedPosition;
}

/** Every transaction that committed before the call lies before these ends. */
export async function readLogEnds(databases: PairDatabases): Promise<LogEnds> {
  const [legacy, revamp] = await Promise.all([
    databases.legacyPool.query<{ position: string }>(
      "select pg_current_wal_insert_lsn() - '0/0' as position",
    ),
    readBinlogEnd(databases),
  ]);
  return { legacy: { engine: 'postgres', lsn: legacy.rows[0]?.position ?? '0' }, revamp };
}

async function readBinlogEnd({ revampPool, revamp, engine }: PairDatabases): Promise<NotedPosition> {
  // MySQL 8.2 renamed the statement, 8.4 dropped the old name; MariaDB keeps it.
  const [major = 0, minor = 0] = revamp.version.split('.').map(Number);
  const isRenamed = revamp.engine === 'mysql' && (major > 8 || (major === 8 && minor >= 2));
  const sql = isRenamed ? 'show binary log status' : 'show master status';
  const [rows] = await revampPool.query({ sql, rowsAsArray: true });
  const [first] = rows as unknown as readonly (readonly string[])[];
  const [file, position] = first ?? [];
  if (file === undefined || position === undefined) throw new Error('the MySQL side writes no binary log');
  return { engine, file, pos: position };
}
