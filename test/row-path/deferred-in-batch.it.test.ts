import { describeWithEngines } from '@rowbridge/testing';
import { created, updated, user } from '../replay/user-rows.js';
import { openRowPath, type RowPath, type StatedChange } from './row-path-harness.js';

const createdAt = '2026-01-08T10:00:00.123456Z';

describeWithEngines('changes that follow a deferred one of their key in the same batch', () => {
  let path: RowPath;

  beforeEach(async () => {
    path = await openRowPath();
  });

  afterEach(async () => {
    await path.close();
  });

  /** A user on both sides, edited at the target alone. */
  async function editedThere(): Promise<void> {
    expect(await path.send(created('1', 'first'))).toEqual(['applied']);
    await path.revamp.run("update revamp_users set display_name = 'there'");
  }

  const displayNames = async (): Promise<unknown[]> =>
    (await path.revamp.run('select display_name from revamp_users')).map((row) => row['display_name']);

  it('I7: do not write, although the target is what they started from', async () => {
    await editedThere();
    expect(
      await path.send(
        updated('1', user('1', 'first'), user('1', 'here', 1)),
        updated('1', user('1', 'there'), user('1', 'later', 2)),
      ),
    ).toEqual(['deferred', 'deferred']);
    expect(await displayNames()).toEqual(['there']);
    expect(await path.lookReasons()).toEqual(['update_origin_differs']);
  });

  it('I7: are left to the look, although the mapping cannot carry them', async () => {
    await editedThere();
    const here = user('1', 'here', 1);
    expect(
      await path.send(
        updated('1', user('1', 'first'), here),
        updated('1', here, { ...user('1', 'here', 2), status: 'banned' }),
      ),
    ).toEqual(['deferred', 'deferred']);
    expect(path.letters).toEqual([]);
    expect(await displayNames()).toEqual(['there']);
  });

  it('I7: list nothing else: a child that came before its parent, and went again, was never disputed', async () => {
    const row = {
      user_id: '1',
      title: 'Hello',
      body: null,
      status: 'draft',
      created_at: createdAt,
      updated_at: createdAt,
    };
    const post = { entity: 'posts', key: '70' };
    const changes: readonly StatedChange[] = [
      { ...post, operation: 'create', after: row },
      { ...post, operation: 'read', snapshot: 'incremental', after: row },
      { ...post, operation: 'delete', before: row },
    ];
    expect(await path.send(...changes)).toEqual(['deferred', 'deferred', 'deferred']);
    expect(await path.revamp.run('select headline from revamp_posts')).toEqual([]);
    const [look, ...others] = await path.revamp.run(
      `select reason, blocked from rowbridge.second_looks where direction = '${path.plan.name}'`,
    );
    expect(others).toEqual([]);
    expect([look?.['reason'], Number(look?.['blocked'])]).toEqual(['missing_parent', 1]);
    await path.settle('posts');
    expect(await path.lookReasons()).toEqual([]);
    expect(path.conflicts).toEqual([]);
  });
});
