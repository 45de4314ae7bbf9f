import { createPostgresPool } from '@rowbridge/database-access';
import { deriveDirectionPlan, type PairDeclaration, type TablePlan } from '@rowbridge/mapping';
import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import { migratePostgres } from './migrate.js';
import { createPostgresTarget, type PostgresTarget } from './postgres-target.js';

const both = (name: string): Record<string, string> => ({ origin: name, target: name });

/** A table whose key PostgreSQL prints otherwise than keys are written. */
const pair: PairDeclaration = {
  name: 'holders',
  sides: [
    {
      name: 'origin',
      engineFamily: 'mysql',
      topicPrefix: 'origin',
      schema: 'origin',
      writtenBy: { direction: 'target-to-origin', consumerGroup: 'holders-reverse' },
    },
    {
      name: 'target',
      engineFamily: 'postgres',
      topicPrefix: 'target',
      schema: 'public',
      writtenBy: { direction: 'origin-to-target', consumerGroup: 'holders' },
    },
  ],
  tables: [
    {
      entity: 'badge',
      tables: both('badges'),
      sharedKey: [
        { names: both('chip'), type: 'bytes' },
        { names: both('issued_at'), type: 'instant' },
      ],
      columns: [{ names: both('code'), type: 'text' }],
      conflictPolicy: { strategy: 'source_priority', prioritySide: 'origin' },
      deleteVersusUpdate: 'update_wins',
      seededFrom: 'origin',
    },
  ],
};

describeWithEngines('holders of unique values in PostgreSQL', () => {
  let database: TestDatabase;
  let target: PostgresTarget;
  const plan = deriveDirectionPlan(pair, 'origin');

  beforeAll(async () => {
    database = await createDatabase('postgres');
    const pool = createPostgresPool({ url: database.url, maxOpen: 1 });
    const connection = await pool.connect();
    await migratePostgres(connection);
    connection.release();
    await pool.end();
    await database.run(
      'create table badges (chip bytea, issued_at timestamptz, code text unique, sync_source text, primary key (chip, issued_at))',
    );
    target = await createPostgresTarget({
      pool: { url: database.url, maxOpen: 1 },
      plan,
      epoch: 1,
      logOrigin: false,
    });
  });

  afterAll(async () => {
    await target?.close();
    await database?.drop();
  });

  it('are named by the key that reading their rows names them by', async () => {
    const badges = plan.tables[0] as TablePlan;
    await database.run(`insert into badges values ('\\x00ff', '2026-01-08 10:00:00+00', 'first')`);
    const key = JSON.stringify(['00ff', '2026-01-08T10:00:00.000000Z']);
    const found = await target.transaction(async ({ rows }) => ({
      read: [...(await rows.readForUpdate(badges, [key])).keys()],
      holders: await rows.findHolders(badges, ['code'], [['nobody'], ['first']]),
    }));
    expect(found).toEqual({ read: [key], holders: new Map([[1, key]]) });
  });
});
