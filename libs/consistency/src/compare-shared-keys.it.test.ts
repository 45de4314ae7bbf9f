import { randomBytes } from 'node:crypto';
import { createMysqlPool, createPostgresPool, readSchemaFiles } from '@rowbridge/database-access';
import { deriveDirectionPlan, type ColumnDeclaration, type PairDeclaration } from '@rowbridge/mapping';
import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import {
  comparePair,
  createMysqlSideReader,
  createPostgresSideReader,
  type PairComparison,
} from './index.js';

const column = (name: string, type: ColumnDeclaration['type']): ColumnDeclaration => ({
  names: { left: name, right: name },
  type,
});

/** One table whose rows have the same key on both sides, and whose types no side shows as events carry them. */
function readingsPair(token: string, rightSchema: string, oneWayFrom?: 'left' | 'right'): PairDeclaration {
  return {
    name: `readings-${token}`,
    sides: [
      {
        name: 'left',
        engineFamily: 'postgres',
        topicPrefix: 'left',
        schema: 'public',
        writtenBy: { direction: `right-to-left-${token}`, consumerGroup: 'left' },
      },
      {
        name: 'right',
        engineFamily: 'mysql',
        topicPrefix: 'right',
        schema: rightSchema,
        writtenBy: { direction: `left-to-right-${token}`, consumerGroup: 'right' },
      },
    ],
    tables: [
      {
        entity: `readings_${token}`,
        tables: { left: 'readings', right: 'readings' },
        sharedKey: [column('sensor', 'uuid'), column('number', 'int64')],
        columns: [column('degrees', 'float64'), column('flags', 'bits'), column('labels', 'array')],
        conflictPolicy: { strategy: 'source_priority', prioritySide: 'left' },
        deleteVersusUpdate: 'update_wins',
        seededFrom: 'left',
        ...(oneWayFrom && { oneWayFrom }),
      },
    ],
  };
}

const sensor = 'b68a35a7-17ad-35b3-af2a-ae46edb4545a';
const token = randomBytes(4).toString('hex');

describeWithEngines('comparing tables whose keys both sides share', () => {
  let left: TestDatabase;
  let right: TestDatabase;

  beforeEach(async () => {
    [left, right] = await Promise.all([createDatabase('postgres'), createDatabase('mariadb')]);
    for (const { sql } of await readSchemaFiles('rowbridge/postgres')) await left.run(sql);
    // All tests of the server share this database: only what is needed is made, by files that may run side by side.
    for (const { sql } of (await readSchemaFiles('rowbridge/mysql')).slice(0, 2)) await right.run(sql);
    await left.run(`
      create table readings (sensor uuid, number bigint, degrees real, flags bit(9), labels text[],
        primary key (sensor, number));
      insert into readings values
        ('${sensor}', 1, 16777217.5, b'101010101', array['a', 'b,"c"']),
        ('${sensor}', 9007199254740993, 0.1, b'000000000', null);`);
    await right.run(`
      create table readings (sensor binary(16), number bigint, degrees float, flags bit(9), labels json,
        primary key (sensor, number));
      insert into readings values
        (unhex(replace('${sensor}', '-', '')), 1, 16777217.5, b'101010101', '["a", "b,\\\\"c\\\\""]'),
        (unhex(replace('${sensor}', '-', '')), 9007199254740993, 0.1, b'000000000', null);`);
  });

  afterEach(async () => {
    await right.run(`delete from rowbridge.row_versions where direction like '%-${token}'`);
    await Promise.all([left.drop(), right.drop()]);
  });

  const compare = async (from: 'left' | 'right', oneWayFrom?: 'left' | 'right'): Promise<PairComparison> => {
    const postgres = createPostgresPool({ url: left.url });
    const mysql = createMysqlPool({ url: right.url });
    const readers = { left: createPostgresSideReader(postgres), right: createMysqlSideReader(mysql) };
    try {
      return await comparePair({
        direction: deriveDirectionPlan(readingsPair(token, right.name, oneWayFrom), from),
        readers: { source: readers[from], target: readers[from === 'left' ? 'right' : 'left'] },
        pageRows: 1,
      });
    } finally {
      await Promise.all([postgres.end(), mysql.end()]);
    }
  };
  const kinds = ({ tables }: PairComparison): readonly string[] =>
    tables.flatMap(({ differences }) => differences.map(({ kind, columns }) => [kind, ...columns].join(' ')));
  const addOn = (side: TestDatabase, key: string): Promise<unknown> =>
    side.run(`insert into readings (sensor, number) values (${key}, 5)`);
  const rightKey = `unhex(replace('${sensor}', '-', ''))`;

  test.each(['left', 'right'] as const)(
    'I8: finds them equal from the %s, single floats, bits, arrays and keys alike',
    async (from) => {
      const comparison = await compare(from);
      expect(kinds(comparison)).toEqual([]);
      expect(comparison).toMatchObject({ equal: true, tables: [{ sourceRows: 2, targetRows: 2 }] });
    },
  );

  test('finds one bit and the next single float', async () => {
    await right.run("update readings set flags = b'101010100' where number = 1");
    await right.run('update readings set degrees = 0.10000001 where number > 1');
    expect(kinds(await compare('left'))).toEqual(['values_differ flags', 'values_differ degrees']);
  });

  test('finds a row missing on either side of a table that flows both ways', async () => {
    await addOn(right, rightKey);
    expect(kinds(await compare('left'))).toEqual(['missing_at_source']);
    expect(kinds(await compare('right'))).toEqual(['missing_at_target']);
  });

  test('leaves alone what the target of a one-way table has of its own', async () => {
    await addOn(right, rightKey);
    const comparison = await compare('left', 'left');
    expect(kinds(comparison)).toEqual([]);
    expect(comparison).toMatchObject({ equal: true, tables: [{ sourceRows: 2, targetRows: 3 }] });
  });

  test('finds the delete that a one-way table has not made, and the row it has not got', async () => {
    await addOn(right, rightKey);
    await right.run(
      `insert into rowbridge.row_versions (direction, table_name, row_key, deleted, generation)
         values ('left-to-right-${token}', 'readings', '["${sensor}","5"]', false, 0)`,
    );
    await left.run(`insert into readings (sensor, number) values ('${sensor}', 6)`);
    expect(kinds(await compare('left', 'left'))).toEqual(['missing_at_target', 'missing_at_source']);
  });

  test('says nothing of a table that only flows the other way', async () => {
    await addOn(right, rightKey);
    expect(await compare('left', 'right')).toEqual({ equal: true, tables: [] });
  });

  test('says which column a side lacks', async () => {
    await right.run('alter table readings drop column labels');
    await expect(compare('left')).rejects.toMatchObject({ code: 'column_missing' });
  });
});
