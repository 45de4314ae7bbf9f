import * as zod from 'zod';

/** A whole number of up to 64 bits as text. */
const wholeNumber = zod.union([zod.number().int(), zod.string().regex(/^-?\d+$/)]).transform(String);

const postgresOffset = zod.looseObject({
  lsn: wholeNumber,
  lsn_proc: wholeNumber.nullish(),
  lsn_commit: wholeNumber.nullish(),
  snapshot: zod.unknown().optional(),
  last_snapshot_record: zod.boolean().optional(),
});

const binlogOffset = zod.looseObject({
  file: zod.string(),
  pos: wholeNumber,
  gtids: zod.string().nullish(),
  snapshot: zod.unknown().optional(),
});

/** How far Kafka has acknowledged a PostgreSQL connector, as decimal text of 64-bit log positions. */
export interface PostgresSourceOffset {
  readonly engine: 'postgres';
  /** Position of the last acknowledged event; every transaction that committed before it is acknowledged. */
  readonly lsn: string;
  readonly lsnProc: string | null;
  /** End of the last transaction acknowledged whole; lags `lsn` by up to one heartbeat. */
  readonly lsnCommit: string | null;
  /** An initial snapshot is under way: nothing can be said about the log yet. */
  readonly snapshotting: boolean;
}

/** How far Kafka has acknowledged a MySQL or MariaDB connector. */
export interface BinlogSourceOffset {
  readonly engine: 'mysql' | 'mariadb';
  readonly file: string;
  /** Where the last acknowledged transaction begins, or ends when it is acknowledged whole: all before it is. */
  readonly pos: string;
  readonly gtids: string | null;
  readonly snapshotting: boolean;
}

export type SourceOffset = PostgresSourceOffset | BinlogSourceOffset;

/** A position noted on the server itself, to be waited for. */
export type NotedPosition =
  | {
      readonly engine: 'postgres';
      /** Decimal text, from `pg_current_wal_insert_lsn()`. */ readonly lsn: string;
    }
  | { readonly engine: 'mysql' | 'mariadb'; readonly file: string; readonly pos: string };

/**
 * Reads the offset Kafka Connect stores for a connector.
 * @param connectorClass tells the engines apart
 * @throws zod.ZodError when the offset is of no Debezium connector known here
 */
export function readSourceOffset(connectorClass: string, offset: unknown): SourceOffset {
  if (connectorClass.includes('PostgresConnector')) {
    const read = postgresOffset.parse(offset);
    return {
      engine: 'postgres',
      lsn: read.lsn,
      lsnProc: read.lsn_proc ?? null,
      lsnCommit: read.lsn_commit ?? null,
      snapshotting: isSnapshotting(read.snapshot),
    };
  }
  const read = binlogOffset.parse(offset);
  return {
    engine: connectorClass.includes('MariaDbConnector') ? 'mariadb' : 'mysql',
    file: read.file,
    pos: read.pos,
    gtids: read.gtids ?? null,
    snapshotting: isSnapshotting(read.snapshot),
  };
}

function isSnapshotting(snapshot: unknown): boolean {
  return snapshot !== undefined && snapshot !== null && snapshot !== false && snapshot !== 'false';
}

/**
 * Whether every change that was committed when `noted` was read on the server is acknowledged in Kafka.
 *
 * PostgreSQL: transactions are sent whole, in commit order, so an acknowledged event at or past the noted position
 * belongs to a transaction that commits later than all that were committed then. MySQL and MariaDB: `pos` never points
 * into a transaction, only to where the one in progress begins.
 * @throws TypeError when the two are of different kinds of server
 */
export function hasPassed(offset: SourceOffset, noted: NotedPosition): boolean {
  if (offset.engine === 'postgres') {
    if (noted.engine !== 'postgres')
      throw new TypeError(`a ${noted.engine} position cannot be met by PostgreSQL`);
    return !offset.snapshotting && BigInt(offset.lsn) >= BigInt(noted.lsn);
  }
  if (noted.engine === 'postgres')
    throw new TypeError(`a PostgreSQL position cannot be met by ${offset.engine}`);
  if (offset.snapshotting) return false;
  const ahead = binlogNumber(offset.file) - binlogNumber(noted.file);
  return ahead > 0n || (ahead === 0n && BigInt(offset.pos) >= BigInt(noted.pos));
}

/** Binlog files are numbered after their last dot; the number outgrows its padding. */
function binlogNumber(file: string): bigint {
  const digits = /\.(\d+)$/.exec(file)?.[1];
  if (digits === undefined) throw new TypeError('a binlog file name ends in a dot and a number');
  return BigInt(digits);
}
