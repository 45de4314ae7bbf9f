import { createDatabase, describeWithEngines, sharedEngineUrl, type TestDatabase } from '@rowbridge/testing';
import { createMysqlPool, createPostgresPool, type MysqlPool, type PostgresPool } from './connection.js';
import { readMysqlRetainedLog, readPostgresRetainedLog, type BinlogPlace } from './retained-log.js';
import { runOnMysql } from './statements/mysql-statement.js';
import { runOnPostgres } from './statements/postgres-statement.js';

const megabyte = 1_048_576;

describeWithEngines('the log PostgreSQL keeps for capture', () => {
  let database: TestDatabase;
  let pool: PostgresPool;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    pool = createPostgresPool({ url: database.url, maxOpen: 2 });
  });

  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  it('is unknown without a slot, and grows with what is written while a slot is not read', async () => {
    const read = (): Promise<bigint | null> => readPostgresRetainedLog(runOnPostgres(pool));
    expect(await read()).toBeNull();
    await pool.query("select pg_create_logical_replication_slot($1, 'pgoutput')", [database.name]);
    const before = Number(await read());
    await database.run('create table filled (content text)');
    await database.run(`insert into filled select repeat('x', 1024) from generate_series(1, 2048)`);
    const after = Number(await read());
    expect(after - before).toBeGreaterThan(2 * megabyte);
    expect(after - before).toBeLessThan(64 * megabyte);
    await pool.query('select pg_drop_replication_slot($1)', [database.name]);
    expect(await read()).toBeNull();
  });

  it('does not count the slots of other databases', async () => {
    const other = await createDatabase('postgres');
    try {
      await other.run(`select pg_create_logical_replication_slot('${other.name}', 'pgoutput')`);
      expect(await readPostgresRetainedLog(runOnPostgres(pool))).toBeNull();
    } finally {
      await other.drop();
    }
  });
});

describeWithEngines('the log MariaDB has to keep for capture', () => {
  let database: TestDatabase;
  let pool: MysqlPool;

  beforeAll(async () => {
    database = await createDatabase('mariadb');
    pool = createMysqlPool({ url: sharedEngineUrl('mariadb'), maxOpen: 2 });
  });

  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  async function endOfLog(): Promise<BinlogPlace> {
    const [rows] = await pool.query({ sql: 'show master status', rowsAsArray: true });
    const [file = '', position = ''] = (rows as string[][])[0] ?? [];
    return { file, position: BigInt(position) };
  }

  it('is what was written since the place capture has come to, across files, and all of it once that is purged', async () => {
    const read = async (place: BinlogPlace): Promise<number> =>
      Number(await readMysqlRetainedLog(runOnMysql(pool), place));
    const place = await endOfLog();
    expect(await read(place)).toBe(0);
    await database.run(
      `create table filled (content longtext); insert into filled values (repeat('x', ${megabyte}))`,
    );
    const inOneFile = await read(place);
    expect(inOneFile).toBeGreaterThan(megabyte);
    expect(inOneFile).toBeLessThan(2 * megabyte);
    await pool.query('flush binary logs');
    await database.run(`insert into filled values (repeat('x', ${megabyte}))`);
    expect(await read(place)).toBeGreaterThan(inOneFile + megabyte);
    expect(await read(await endOfLog())).toBe(0);
    expect(await read({ file: 'binlog.000000', position: 4n })).toBeGreaterThan((await read(place)) - 1);
  });
});
