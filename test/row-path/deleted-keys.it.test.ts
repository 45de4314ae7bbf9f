import { describeWithEngines } from '@rowbridge/testing';
import { created, insertion, user } from '../replay/user-rows.js';
import { openRowPath, type RowPath, type StatedChange } from './row-path-harness.js';

describeWithEngines('keys whose rows were deleted, PostgreSQL to MariaDB', () => {
  let path: RowPath;

  beforeEach(async () => {
    path = await openRowPath();
  });

  afterEach(async () => {
    await path.close();
  });

  const deletion = (key: string, name: string): StatedChange => ({
    entity: 'users',
    operation: 'delete',
    key,
    before: user(key, name),
  });
  const userIds = async (): Promise<unknown[]> =>
    (await path.revamp.run('select id from revamp_users')).map(({ id }) => id);

  it('I5: a delete does not take a target row that is the twin of another source row since', async () => {
    expect(await path.send(created('1', 'first'))).toEqual(['applied']);
    const [twin] = await userIds();
    await path.legacy.run(insertion('2', user('2', 'second')));
    await path.legacy.run(
      `insert into rowbridge.entity_mappings (entity, source_id, target_id)
       values ('${path.tableOf('users').entity}', '${String(twin)}', '2')`,
    );
    expect(await path.send(deletion('1', 'first'))).toEqual(['deferred']);
    expect(await userIds()).toEqual([twin]);
    expect(await path.lookReasons()).toEqual(['delete_origin_differs']);
  });

  it('I3: the initial snapshot does not seed a row whose deletion was seen', async () => {
    await path.send(deletion('1', 'first'));
    await path.settle('users');
    expect(await path.lookReasons()).toEqual([]);
    const read = { ...created('1', 'first'), operation: 'read', snapshot: 'initial' } as const;
    expect(await path.send(read)).toEqual(['deferred']);
    expect(await userIds()).toEqual([]);
  });

  it('a key both sides share begins a life of its own after its deletion', async () => {
    const row = { word: 'again', note: 'noted', edited_at: '2026-01-08T10:00:00.000000Z' };
    const label = { entity: 'labels', key: 'again' } as const;
    expect(await path.send({ ...label, operation: 'create', after: row })).toEqual(['applied']);
    expect(await path.send({ ...label, operation: 'delete', before: row })).toEqual(['applied']);
    expect(await path.send({ ...label, operation: 'create', after: row })).toEqual(['applied']);
    expect(await path.revamp.run('select word from labels')).toEqual([{ word: 'again' }]);
  });
});
