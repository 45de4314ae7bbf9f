import { createDatabase, describeWithEngines } from '@rowbridge/testing';
import { readCatalog, type CatalogTable } from './catalog.js';
import { createMysqlPool, createPostgresPool } from './connection.js';

describeWithEngines('the catalog', () => {
  const shape = (table: CatalogTable | undefined): unknown => ({
    columns: table?.columns.map(({ name, nullable, generated, autoAssigned, length, defaultValue }) => [
      name,
      nullable,
      generated,
      autoAssigned,
      length,
      defaultValue !== null,
    ]),
    primaryKey: table?.primaryKey,
    uniqueIndexes: table?.uniqueIndexes.map(({ columns, partial }) => ({ columns, partial })),
    foreignKeys: table?.foreignKeys.map(({ columns, references, referencedColumns, onDelete }) => [
      columns,
      references.table,
      referencedColumns,
      onDelete,
    ]),
    triggers: table?.triggers.map(({ name, events }) => [name, events]),
  });
  const expected = {
    columns: [
      ['id', false, false, true, null, expect.anything()],
      ['part', false, false, false, 10, false],
      ['word', true, false, false, 20, true],
      ['twice', true, true, false, null, false],
      ['par"ent`', true, false, false, null, false],
    ],
    primaryKey: ['part', 'id'],
    uniqueIndexes: [{ columns: ['word', 'part'], partial: false }],
    foreignKeys: [[['par"ent`'], 'parents', ['id'], 'CASCADE']],
    triggers: [['watch', ['UPDATE']]],
  };

  it('has one shape for both engines', async () => {
    const postgres = await createDatabase('postgres');
    const mariadb = await createDatabase('mariadb');
    await postgres.run(`create table parents (id int primary key);
      create table children (id bigserial, part varchar(10) not null, word varchar(20) default 'none',
        twice int generated always as (3 * 2) stored, "par""ent\`" int references parents (id) on delete cascade,
        primary key (part, id), unique (word, part));
      create function nothing() returns trigger language plpgsql as 'begin return new; end';
      create trigger watch before update on children for each row execute function nothing()`);
    await mariadb.run(`create table parents (id int primary key);
      create table children (id bigint auto_increment, part varchar(10) not null, word varchar(20) default 'none',
        twice int generated always as (3 * 2) stored, \`par"ent\`\`\` int references parents (id) on delete cascade,
        primary key (part, id), unique (word, part), key (id));
      create trigger watch before update on children for each row set @watched = 1`);
    const postgresPool = createPostgresPool({ url: postgres.url, maxOpen: 1 });
    const mysqlPool = createMysqlPool({ url: mariadb.url, maxOpen: 1 });
    try {
      const [fromPostgres, ...others] = await readCatalog({ family: 'postgres', client: postgresPool }, [
        { schema: 'public', table: 'children' },
        { schema: 'public', table: 'nobodys' },
      ]);
      const [fromMariadb] = await readCatalog({ family: 'mysql', client: mysqlPool }, [
        { schema: mariadb.name, table: 'children' },
      ]);
      expect(others).toEqual([]);
      expect(shape(fromPostgres)).toEqual(expected);
      expect(shape(fromMariadb)).toEqual(expected);
    } finally {
      await postgresPool.end();
      await mysqlPool.end();
      await postgres.drop();
      await mariadb.drop();
    }
  });
});
