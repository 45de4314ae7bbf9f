import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import { createMysqlPool, createPostgresPool, type MysqlPool, type PostgresPool } from './connection.js';

describeWithEngines('a PostgreSQL pool', () => {
  let database: TestDatabase;
  let pool: PostgresPool;
  beforeAll(async () => {
    database = await createDatabase('postgres');
    pool = createPostgresPool({ url: database.url, statementTimeoutMs: 1_000, lockTimeoutMs: 200 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('gives every value as the text the server prints, exactly', async () => {
    const { rows } = await pool.query({
      text: `select 9223372036854775807::int8, 0.1::float4, 1e300::float8, 'NaN'::numeric, true,
        timestamptz '2024-02-29 23:59:59.123456+05', date '0044-03-15 BC', interval '1 month 2 days',
        '\\xdeadbeef'::bytea, '{"b": 1, "a": 2}'::json, array[1, null], null::text`,
      rowMode: 'array',
    });
    expect(rows[0]).toEqual([
      '9223372036854775807',
      '0.1',
      '1e+300',
      'NaN',
      't',
      '2024-02-29 18:59:59.123456+00',
      '0044-03-15 BC',
      'P1M2D',
      '\\xdeadbeef',
      '{"b": 1, "a": 2}',
      '{1,NULL}',
      null,
    ]);
  });

  it('lets no statement run longer than allowed', async () => {
    await expect(pool.query('select pg_sleep(30)')).rejects.toMatchObject({ code: '57014' });
  });

  it('lets no statement wait longer for a lock than allowed', async () => {
    await pool.query('create table held (id int); insert into held values (1)');
    const holder = await pool.connect();
    try {
      await holder.query('begin');
      await holder.query('select * from held for update');
      await expect(pool.query('update held set id = 2')).rejects.toMatchObject({ code: '55P03' });
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  });
});

describeWithEngines('a MariaDB pool', () => {
  let database: TestDatabase;
  let pool: MysqlPool;
  beforeAll(async () => {
    database = await createDatabase('mariadb');
    pool = createMysqlPool({ url: database.url, statementTimeoutMs: 1_000 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('gives every value as the text the server prints, and binary values as bytes', async () => {
    await pool.query(`create table kinds (
      huge bigint unsigned, price decimal(30, 10), moment timestamp(6) null, wall datetime(6), days date,
      flags bit(9), bytes varbinary(10), words varchar(20) character set utf8mb4, note text, shape json,
      mood enum('up', 'down'))`);
    await pool.query(`insert into kinds values (18446744073709551615, 12345678901234567890.0123456789,
      '2024-02-29 23:59:59.123456', '0999-12-31 00:00:00.000001', '9999-12-31', b'101010101', x'00ff',
      'parrot 🦜', 'long', '{"b":  1}', 'up')`);
    const [rows] = await pool.query({ sql: 'select * from kinds', rowsAsArray: true });
    expect(rows).toEqual([
      [
        '18446744073709551615',
        '12345678901234567890.0123456789',
        '2024-02-29 23:59:59.123456',
        '0999-12-31 00:00:00.000001',
        '9999-12-31',
        Buffer.from([1, 0x55]),
        Buffer.from([0, 0xff]),
        'parrot 🦜',
        'long',
        '{"b":  1}',
        'up',
      ],
    ]);
  });

  it('keeps time in UTC, commits what others see, and refuses what it would have to bend', async () => {
    const [rows] = await pool.query({
      sql: 'select @@session.time_zone, @@session.transaction_isolation',
      rowsAsArray: true,
    });
    expect(rows).toEqual([['+00:00', 'READ-COMMITTED']]);
    await pool.query(
      'create table strict (id int auto_increment primary key, word varchar(3), moment datetime)',
    );
    await expect(pool.query("insert into strict (word) values ('longer')")).rejects.toMatchObject({
      errno: 1406,
    });
    await expect(pool.query("insert into strict (moment) values ('2024-00-00')")).rejects.toMatchObject({
      errno: 1292,
    });
    await pool.query('insert into strict (id) values (0)');
    const [kept] = await pool.query({ sql: 'select id from strict', rowsAsArray: true });
    expect(kept).toEqual([['0']]);
  });

  it('lets no statement run longer than allowed', async () => {
    const [rows] = await pool.query({ sql: 'select @@max_statement_time', rowsAsArray: true });
    expect(Number((rows as string[][])[0]?.[0])).toBe(1);
    await expect(pool.query('select sleep(30)')).rejects.toMatchObject({
      errno: 1969,
    });
  });

  it("lets no statement wait longer for a lock than allowed, a whole table's among them", async () => {
    const impatient = createMysqlPool({ url: database.url, lockTimeoutMs: 1_000 });
    const holder = await pool.getConnection();
    try {
      await holder.query('create table held (id int primary key)');
      await holder.query('lock tables held write');
      await expect(impatient.query('insert into held values (1)')).rejects.toMatchObject({ errno: 1205 });
    } finally {
      await holder.query('unlock tables');
      holder.release();
      await impatient.end();
    }
  });

  it('never offers the server a file of this machine', async () => {
    await pool.query('create table loaded (line text)');
    await expect(
      pool.query("load data local infile '/etc/hostname' into table loaded (line)"),
    ).rejects.toThrow();
  });
});
