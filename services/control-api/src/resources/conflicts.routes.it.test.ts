import type { Conflict, ConflictDetail, Scope } from '@rowbridge/control-protocol';
import { createPostgresPool, readSchemaFiles } from '@rowbridge/database-access';
import { deriveDirectionPlan, type DirectionPlan } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import type { ApiContext } from '../api-context.js';
import { callOperation } from '../state/store-bench.js';
import { conflictModule } from './conflicts.routes.js';

const plan = deriveDirectionPlan(legacyRevamp, 'revamp');
/** As if users were known by their e-mail. */
const plans: readonly DirectionPlan[] = [
  {
    ...plan,
    tables: plan.tables.map((table) =>
      table.entity === 'users' ? { ...table, piiKey: true as const } : table,
    ),
  },
];
const columns = `conflict_id, pair, entity, direction, source_key, target_key, conflict_type, resolution,
  source_row, target_row, generation`;

describeWithEngines('the keys of conflicts', () => {
  let database: TestDatabase;
  let pool: ReturnType<typeof createPostgresPool>;

  beforeAll(async () => {
    database = await createDatabase('postgres');
    pool = createPostgresPool({ url: database.url, maxOpen: 1 });
    for (const { sql } of await readSchemaFiles('rowbridge/postgres')) await database.run(sql);
    const rows = [
      ['personal', 'users', 'revamp-to-legacy', 'ada@example.test', `'bob@example.test'`],
      ['one-sided', 'users', 'revamp-to-legacy', 'ada@example.test', 'null'],
      ['open', 'posts', 'revamp-to-legacy', '7', `'8'`],
      ['forgotten-table', 'forgotten', 'revamp-to-legacy', 'ada@example.test', `'8'`],
      ['forgotten-direction', 'posts', 'forgotten', 'ada@example.test', `'8'`],
    ];
    for (const [id, entity, direction, sourceKey, targetKey] of rows) {
      await database.run(`insert into rowbridge.conflicts (${columns}) values
        ('${id}', 'legacy-revamp', '${entity}', '${direction}', '${sourceKey}', ${targetKey},
         'update_origin_differs', 'manual', '{"id":"7"}', null, 0)`);
    }
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const call = (operationId: string, scopes: readonly Scope[], given: object): Promise<unknown> => {
    const databases = [{ side: 'legacy', connection: { family: 'postgres', client: pool } }];
    const { routes } = conflictModule({ databases, plans } as unknown as ApiContext);
    return callOperation(routes, operationId, { caller: { name: 'ops', scopes: new Set(scopes) }, ...given });
  };

  const keysOf = ({ id, sourceKey, targetKey }: Conflict) => [id, sourceKey, targetKey];

  const listed = async (scopes: readonly Scope[]) => {
    const list = await call('listConflicts', scopes, { query: { limit: 10 } });
    return (list as { readonly items: readonly Conflict[] }).items.map(keysOf).sort();
  };

  const detailed = async (scopes: readonly Scope[], id: string) =>
    keysOf((await call('showConflict', scopes, { params: { id } })) as ConflictDetail);

  const masked = [
    ['forgotten-direction', '[masked]', '[masked]'],
    ['forgotten-table', '[masked]', '[masked]'],
    ['one-sided', '[masked]', null],
    ['open', '7', '8'],
    ['personal', '[masked]', '[masked]'],
  ];
  const clear = [
    ['forgotten-direction', 'ada@example.test', '8'],
    ['forgotten-table', 'ada@example.test', '8'],
    ['one-sided', 'ada@example.test', null],
    ['open', '7', '8'],
    ['personal', 'ada@example.test', 'bob@example.test'],
  ];

  it('are masked in the list where they are personal, or may be, unless personal data may be seen', async () => {
    expect(await listed(['read'])).toEqual(masked);
    expect(await listed(['read', 'unmask'])).toEqual(clear);
  });

  it.each(masked)('are masked in the same way where %s is shown by itself', async (id, ...keys) => {
    expect(await detailed(['read'], String(id))).toEqual([id, ...keys]);
    expect(await detailed(['read', 'unmask'], String(id))).toEqual(clear.find(([name]) => name === id));
  });
});
