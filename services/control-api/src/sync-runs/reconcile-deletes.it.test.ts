import { createPostgresPool } from '@rowbridge/database-access';
import { deriveDirectionPlan } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import { createReconcileDeletes, type ReconcilePorts } from './reconcile-deletes.js';

describeWithEngines('reconciling deletes', () => {
  let database: TestDatabase;
  let pool: ReturnType<typeof createPostgresPool>;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    pool = createPostgresPool({ url: database.url, maxOpen: 1 });
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('does a page again that the database failed at, and tells what it failed at', async () => {
    const plan = deriveDirectionPlan(legacyRevamp, 'revamp');
    const side = { family: 'postgres', client: pool } as const;
    const reconcile = createReconcileDeletes({ retryMs: 1 } as unknown as ReconcilePorts);
    const failures: unknown[] = [];
    const counted: unknown[] = [];
    const users = plan.tables.find(({ entity }) => entity === 'users');
    const columns = users?.columns.map(({ target }) => `"${target}" text`).join(', ') ?? '';
    const repairs: Promise<unknown>[] = [];
    await reconcile({
      system: { name: 'pair', directions: [{ plan, connector: 'revamp', source: side, target: side }] },
      direction: plan.name,
      entities: ['users'],
      abortSignal: new AbortController().signal,
      onCount: (entity, count) => counted.push([entity, count]),
      onProgress: () => undefined,
      onFailure: (entity, failure) => {
        failures.push([entity, failure instanceof Error]);
        if (repairs.length > 0) return;
        const table = `create table public.legacy_users (id bigint primary key, ${columns})`;
        repairs.push(database.run(table));
      },
    });
    await Promise.all(repairs);
    expect(failures[0]).toEqual(['users', true]);
    expect(counted).toEqual([['users', { rowsCompared: 0, looksListed: 0 }]]);
  });
});
