import { deriveDirectionPlan, findValueMisfits, type EngineFamily } from '@rowbridge/mapping';
import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import { bothSides, samplePair } from '../../../test/pairs/sample-pair.js';
import { createMysqlPool, createPostgresPool } from './connection.js';
import { readMysqlServer } from './facts/mysql-server.js';
import { readMysqlTableFacts } from './facts/mysql-table-facts.js';
import { readPostgresTableFacts } from './facts/postgres-table-facts.js';
import { repairStatement } from './repair-statement.js';
import { runOnMysql } from './statements/mysql-statement.js';
import { runOnPostgres } from './statements/postgres-statement.js';
import { TableCatalog, type TableCatalogOptions } from './table-catalog.js';

/** One mapped table, the same on both sides. */
function planOf(family: EngineFamily, schema: string): TableCatalogOptions['plans'] {
  const pair = samplePair({
    side: { engineFamily: family, schema },
    columns: [
      { names: bothSides('mood'), type: 'text' },
      { names: bothSides('status'), type: 'text' },
    ],
  });
  return deriveDirectionPlan(pair, 'left').tables;
}

interface Bench {
  readonly database: TestDatabase;
  readonly catalog: TableCatalog;
  /** Runs a change, as an administrator would. */
  change(statement: string): Promise<void>;
  close(): Promise<void>;
}

const families = {
  postgres: {
    tables: [
      "create type temper as enum ('calm', 'merry')",
      `create table people (id bigserial primary key, email varchar(200) not null, mood temper,
        status varchar(20) not null default 'it''s', sync_source text)`,
      "insert into people (email, mood) values ('one', 'calm')",
    ],
    retype: "alter table people alter column email type bytea using convert_to(email, 'UTF8')",
    narrow: 'alter table people alter column status type varchar(5)',
    widened: 'character varying(20)',
  },
  mysql: {
    tables: [
      `create table people (id bigint auto_increment primary key, email varchar(200) not null,
        mood enum('calm','merry') null, status varchar(20) not null default 'it''s', sync_source text)`,
      "insert into people (email, mood) values ('one', 'calm')",
    ],
    retype: 'alter table people modify column email varbinary(800) not null',
    narrow: "alter table people modify column status varchar(5) not null default 'it''s'",
    widened: 'varchar(20)',
  },
} as const;

async function openBench(family: EngineFamily): Promise<Bench> {
  const database = await createDatabase(family === 'postgres' ? 'postgres' : 'mariadb');
  const change = async (statement: string): Promise<void> => void (await database.run(statement));
  for (const statement of families[family].tables) await change(statement);
  if (family === 'postgres') {
    const pool = createPostgresPool({ url: database.url, maxOpen: 1 });
    const catalog = await TableCatalog.open({
      plans: planOf(family, 'public'),
      side: 'target',
      read: (tables) => readPostgresTableFacts(runOnPostgres(pool), tables),
    });
    return { database, catalog, change, close: () => pool.end() };
  }
  const pool = createMysqlPool({ url: database.url, maxOpen: 1 });
  const server = await readMysqlServer(runOnMysql(pool));
  const catalog = await TableCatalog.open({
    plans: planOf(family, database.name),
    side: 'target',
    read: (tables) => readMysqlTableFacts(runOnMysql(pool), server, tables),
  });
  return { database, catalog, change, close: () => pool.end() };
}

describeWithEngines('tables that change while they are in use', () => {
  describe.each<EngineFamily>(['postgres', 'mysql'])('%s', (family) => {
    let bench: Bench;
    beforeEach(async () => {
      bench = await openBench(family);
    });
    afterEach(async () => {
      await bench.close();
      await bench.database.drop();
    });

    /** Runs what is said to mend the table, and tells whether it did. */
    async function mend(): Promise<readonly string[]> {
      const { catalog, change } = bench;
      await catalog.refresh('people');
      const statements = catalog
        .misfits('people')
        .flatMap(({ repair }) => (repair ? [repairStatement(family, repair)] : []));
      for (const statement of statements) await change(statement);
      await catalog.refresh('people');
      expect(catalog.misfits('people')).toEqual([]);
      return statements;
    }

    it('a table that fits is bound, and one that does not is refused by name until it fits again', async () => {
      const { catalog, change } = bench;
      expect(catalog.bound({ entity: 'people' }).columns).toHaveLength(3);
      await change('alter table people rename column status to state');
      await catalog.refresh('people');
      expect(() => catalog.bound({ entity: 'people' })).toThrow(/has no column "status".*RENAME COLUMN/s);
      const [statement] = await mend();
      expect(statement).toMatch(/RENAME COLUMN .state. TO .status.;$/);
      expect(catalog.bound({ entity: 'people' }).columns).toHaveLength(3);
    });

    it.each([
      ['a dropped column', 'alter table people drop column status', /ADD COLUMN .status. .*\(20\)/],
      [
        'a dropped bookkeeping column',
        'alter table people drop column sync_source',
        /ADD COLUMN .sync_source. text/,
      ],
      ['a new column that must have a value', 'alter table people add column age bigint', /age/],
      ['a dropped table', 'drop table people', /^CREATE TABLE/],
    ])('%s is mended by the statement it names', async (_title, statement, expected) => {
      await bench.change(statement);
      if (/add column age/.test(statement)) {
        await bench.change('update people set age = 1');
        await bench.change(
          family === 'postgres'
            ? 'alter table people alter column age set not null'
            : 'alter table people modify column age bigint not null',
        );
      }
      expect((await mend()).join(' ')).toMatch(expected);
    });

    it('I8: rows read while a column got another type are not taken', async () => {
      const { catalog, change } = bench;
      const people = { entity: 'people' };
      expect(await catalog.readFitting(people, async ({ label }) => label)).toMatch(/people/);
      const read = catalog.readFitting(people, () => change(families[family].retype));
      await expect(read).rejects.toMatchObject({ code: 'schema_incompatible', disposition: 'pause_table' });
      await expect(catalog.readFitting(people, () => change('select 1'))).rejects.toThrow(/email/);
    });

    it('a column of another type is changed back', async () => {
      await bench.change(families[family].retype);
      await bench.catalog.refresh('people');
      expect(bench.catalog.misfits('people')).toMatchObject([
        { errorCode: 'schema_incompatible', column: 'email' },
      ]);
      const [statement] = bench.catalog
        .misfits('people')
        .flatMap(({ repair }) => (repair ? [repairStatement(family, repair)] : []));
      expect(statement).toContain('(200)');
    });

    it('what an enumeration lacks is added to it', async () => {
      const { catalog, change } = bench;
      const now = catalog.now('people');
      const column = now?.columns.get('mood');
      if (!now || !column) throw new Error('no such column');
      const labels = [...(column.labels ?? []), "it's cross"];
      const source = { ...now, columns: new Map([...now.columns, ['mood', { ...column, labels }]]) };
      const misfits = findValueMisfits({
        plan: planOf(family, 'any')[0] as TableCatalogOptions['plans'][0],
        column: 'mood',
        source,
        target: now,
        formerSource: null,
        formerTarget: null,
      });
      const [repair] = misfits.flatMap((misfit) => misfit.repair ?? []);
      if (!repair) throw new Error('nothing to do');
      const place = { schema: family === 'postgres' ? 'public' : bench.database.name, table: 'people' };
      await change(repairStatement(family, { ...repair, ...place }));
      await catalog.refresh('people');
      expect(catalog.now('people')?.columns.get('mood')?.labels).toEqual(['calm', 'merry', "it's cross"]);
      expect(catalog.now('people')?.columns.get('mood')?.nullable).toBe(true);
    });

    it('a narrower column becomes what it was, and stays what it was otherwise', async () => {
      const { catalog, change } = bench;
      await change(families[family].narrow);
      await catalog.refresh('people');
      const [now, former] = [catalog.now('people'), catalog.former('people')];
      if (!now || !former) throw new Error('no such table');
      const misfits = findValueMisfits({
        plan: planOf(
          family,
          family === 'postgres' ? 'public' : bench.database.name,
        )[0] as TableCatalogOptions['plans'][0],
        column: 'status',
        source: former,
        target: now,
        formerSource: former,
        formerTarget: former,
      });
      for (const { repair } of misfits) if (repair) await change(repairStatement(family, repair));
      await catalog.refresh('people');
      const { declaredAs, nullable, hasDefault, restated } =
        catalog.now('people')?.columns.get('status') ?? {};
      expect({ declaredAs, nullable, hasDefault, restated }).toEqual({
        declaredAs: families[family].widened,
        nullable: false,
        hasDefault: true,
        restated: former.columns.get('status')?.restated,
      });
      await change("insert into people (email) values ('two')");
      expect(await bench.database.run("select status from people where email = 'two'")).toEqual([
        { status: "it's" },
      ]);
    });
  });
});
