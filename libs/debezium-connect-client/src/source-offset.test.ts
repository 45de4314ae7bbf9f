import { hasPassed, readSourceOffset, type SourceOffset } from './source-offset.js';

const postgresClass = 'io.debezium.connector.postgresql.PostgresConnector';
const mariadbClass = 'io.debezium.connector.mariadb.MariaDbConnector';
const mysqlClass = 'io.debezium.connector.mysql.MySqlConnector';

describe('a committed PostgreSQL offset', () => {
  const offset = readSourceOffset(postgresClass, {
    lsn_proc: 34581792,
    messageType: 'UPDATE',
    lsn_commit: 34581736,
    lsn: '9223372036854775807',
    txId: 882,
  });

  it('is read as text of 64-bit positions', () => {
    expect(offset).toEqual({
      engine: 'postgres',
      lsn: '9223372036854775807',
      lsnProc: '34581792',
      lsnCommit: '34581736',
      snapshotting: false,
    });
  });

  it('has passed a position it reached, and none beyond', () => {
    const at = (lsn: string): SourceOffset => readSourceOffset(postgresClass, { lsn });
    expect(hasPassed(at('100'), { engine: 'postgres', lsn: '100' })).toBe(true);
    expect(hasPassed(at('99'), { engine: 'postgres', lsn: '100' })).toBe(false);
    expect(hasPassed(at('9007199254740993'), { engine: 'postgres', lsn: '9007199254740992' })).toBe(true);
    expect(hasPassed(at('9007199254740992'), { engine: 'postgres', lsn: '9007199254740993' })).toBe(false);
  });

  it('has passed nothing while a snapshot is under way, whatever position it names', () => {
    const snapshotting = readSourceOffset(postgresClass, {
      lsn: 500,
      snapshot: 'INITIAL',
      last_snapshot_record: false,
    });
    expect(hasPassed(snapshotting, { engine: 'postgres', lsn: '1' })).toBe(false);
  });
});

describe('a committed binlog offset', () => {
  const at = (file: string, pos: number): SourceOffset => readSourceOffset(mariadbClass, { file, pos });

  it('is read with its engine and its GTIDs', () => {
    expect(
      readSourceOffset(mysqlClass, { file: 'binlog.000002', pos: 157, gtids: 'a:1-9', server_id: 1 }),
    ).toEqual({
      engine: 'mysql',
      file: 'binlog.000002',
      pos: '157',
      gtids: 'a:1-9',
      snapshotting: false,
    });
  });

  it('compares files by number, also where the number outgrew its padding', () => {
    const noted = { engine: 'mariadb', file: 'binlog.999999', pos: '5000' } as const;
    expect(hasPassed(at('binlog.1000000', 4), noted)).toBe(true);
    expect(hasPassed(at('binlog.999999', 5000), noted)).toBe(true);
    expect(hasPassed(at('binlog.999999', 4999), noted)).toBe(false);
    expect(hasPassed(at('binlog.999998', 9999), noted)).toBe(false);
  });

  it('has passed nothing while a snapshot is under way', () => {
    const snapshotting = readSourceOffset(mariadbClass, { file: 'binlog.000009', pos: 4, snapshot: true });
    expect(hasPassed(snapshotting, { engine: 'mariadb', file: 'binlog.000001', pos: '4' })).toBe(false);
  });

  it('cannot be held against a position of another kind of server', () => {
    expect(() => hasPassed(at('binlog.000001', 4), { engine: 'postgres', lsn: '1' })).toThrow(TypeError);
    expect(() => hasPassed(at('binlog', 4), { engine: 'mariadb', file: 'binlog.000001', pos: '1' })).toThrow(
      TypeError,
    );
  });
});
