import { describeWithEngines } from './shared-engines.js';
import { createDatabase, type TestDatabase } from './test-database.js';

describeWithEngines('a test database', () => {
  const created: TestDatabase[] = [];

  async function create(...wanted: Parameters<typeof createDatabase>): Promise<TestDatabase> {
    const database = await createDatabase(...wanted);
    created.push(database);
    return database;
  }

  afterEach(async () => {
    for (const database of created.splice(0)) await database.drop();
  });

  test.each(['postgres', 'mariadb'] as const)(
    'on %s is empty, its own, and gone when dropped',
    async (engine) => {
      const first = await create(engine);
      const second = await create(engine);
      await first.run('create table thing (id int primary key)');
      await expect(second.run('select * from thing')).rejects.toThrow();
      expect(await first.run('select count(*) as rows_found from thing')).toHaveLength(1);
      await first.drop();
      await expect(first.run('select 1')).rejects.toThrow();
    },
  );

  test('can be cloned from a prepared one on PostgreSQL', async () => {
    const template = await create('postgres');
    await template.run('create table thing as select 7 as id');
    const clone = await create('postgres', { template: template.name });
    expect(await clone.run('select id from thing')).toEqual([{ id: 7 }]);
  });

  test('is dropped although a replication slot and a session still hold it', async () => {
    const database = await create('postgres');
    await database.run(`select pg_create_logical_replication_slot('slot_of_${database.name}', 'pgoutput')`);
    await database.drop();
    const other = await create('postgres');
    expect(await other.run(`select 1 from pg_database where datname = '${database.name}'`)).toEqual([]);
    expect(
      await other.run(`select 1 from pg_replication_slots where slot_name = 'slot_of_${database.name}'`),
    ).toEqual([]);
  });
});
