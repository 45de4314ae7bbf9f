import { describeWithEngines } from '@rowbridge/testing';
import { openRowPath, type RowPath } from './row-path-harness.js';

type Cells = Readonly<Record<string, string | null>>;

const createdAt = '2026-01-08T10:00:00.123456Z';
const later = '2026-01-08T11:00:00.000000Z';
const latest = '2026-01-08T12:00:00.000000Z';

function user(name: string, change: Cells = {}): Cells {
  return {
    username: name,
    email: `${name}@example.test`,
    full_name: null,
    phone_number: null,
    status: 'active',
    created_at: createdAt,
    updated_at: createdAt,
    sync_source: null,
    ...change,
  };
}

const literal = (value: string | null): string => (value === null ? 'null' : `'${value}'`);

describeWithEngines('second looks, PostgreSQL to MariaDB', () => {
  let path: RowPath;

  beforeEach(async () => {
    path = await openRowPath();
  });

  afterEach(async () => {
    await path.close();
  });

  /** Writes a user at the source as an application would, and answers what it wrote. */
  async function writeSource(key: string, row: Cells): Promise<Cells> {
    const names = Object.keys(row);
    await path.legacy.run(
      `insert into legacy_users (id, ${names.join(', ')}) values (${key}, ${Object.values(row).map(literal).join(', ')})
       on conflict (id) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    );
    return row;
  }

  /** A user on both sides, as after a create that crossed. */
  async function sharedUser(key: string, name: string): Promise<Cells> {
    const row = await writeSource(key, user(name));
    expect(await path.send({ entity: 'users', operation: 'create', key, after: row })).toEqual(['applied']);
    return row;
  }

  const update = (key: string, before: Cells, after: Cells): Promise<readonly string[]> =>
    path.send({ entity: 'users', operation: 'update', key, before, after });

  const targetUsers = (): Promise<readonly Record<string, unknown>[]> =>
    path.revamp.run('select user_name, email_address, display_name from revamp_users order by id');

  const names = async (): Promise<unknown[]> => (await targetUsers()).map((row) => row['user_name']);

  const conflictTypes = (): string[] => path.conflicts.map(({ type }) => type);

  it('I6: closes only once both rows are equal', async () => {
    const row = await sharedUser('1', 'ada');
    await path.revamp.run("update revamp_users set display_name = 'same'");
    const after = await writeSource('1', user('ada', { full_name: 'same' }));
    expect(await update('1', row, after)).toEqual(['deferred']);
    await path.look('users');
    expect(await path.lookReasons()).toEqual(['update_origin_differs']);
    await path.look('users');
    expect(await path.lookReasons()).toEqual([]);
    expect(path.lookOutcomes).toEqual(['settled_equal']);
    expect(path.conflicts).toEqual([]);
  });

  it('I5, I6: the later edit wins at the target and the earlier one is listed as a conflict', async () => {
    const row = await sharedUser('1', 'ada');
    await path.revamp.run(
      "update revamp_users set display_name = 'there', updated_at = '2026-01-08 11:00:00'",
    );
    const after = await writeSource('1', user('ada', { full_name: 'here', updated_at: latest }));
    expect(await update('1', row, after)).toEqual(['deferred']);
    await path.settle('users');
    expect(await targetUsers()).toMatchObject([{ display_name: 'here' }]);
    expect(conflictTypes()).toEqual(['update_origin_differs']);
    expect(path.conflicts[0]?.targetRow).toMatchObject({ display_name: 'there' });
    expect(await path.lookReasons()).toEqual([]);
    expect(path.lookOutcomes).toEqual(['conflict_lost', 'settled_equal']);
  });

  it('I6: hands the key over where the target edited later, and writes nothing', async () => {
    const row = await sharedUser('1', 'ada');
    await path.revamp.run(
      "update revamp_users set display_name = 'there', updated_at = '2026-01-08 12:00:00'",
    );
    const after = await writeSource('1', user('ada', { full_name: 'here', updated_at: later }));
    expect(await update('1', row, after)).toEqual(['deferred']);
    await path.settle('users');
    expect(await targetUsers()).toMatchObject([{ display_name: 'there' }]);
    const [target] = await path.revamp.run('select id from revamp_users');
    expect(path.handOvers).toMatchObject([
      { direction: path.plan.reverseDirection, key: String(target?.['id']) },
    ]);
    expect(await path.lookReasons()).toEqual(['handed_over']);
    expect(path.conflicts).toEqual([]);
  });

  it('begins again when the target row moved after it was noted', async () => {
    const row = await sharedUser('1', 'ada');
    await path.revamp.run("update revamp_users set display_name = 'one', updated_at = '2026-01-08 10:30:00'");
    await update('1', row, await writeSource('1', user('ada', { full_name: 'here', updated_at: later })));
    await path.look('users');
    await path.revamp.run("update revamp_users set display_name = 'two', updated_at = '2026-01-08 12:00:00'");
    await path.look('users');
    expect(path.lookOutcomes).toEqual([]);
    await path.settle('users');
    expect(await targetUsers()).toMatchObject([{ display_name: 'two' }]);
    expect(path.handOvers).toHaveLength(1);
  });

  it('writes a child once its parent has come', async () => {
    await writeSource('1', user('ada'));
    const post = {
      user_id: '1',
      title: 'Hello',
      body: null,
      status: 'draft',
      created_at: createdAt,
      updated_at: createdAt,
    };
    await path.legacy.run(
      `insert into legacy_posts (id, user_id, title, created_at, updated_at)
       values (70, 1, 'Hello', '${createdAt}', '${createdAt}')`,
    );
    expect(await path.send({ entity: 'posts', operation: 'create', key: '70', after: post })).toEqual([
      'deferred',
    ]);
    await path.settle('posts');
    expect(await path.lookReasons()).toEqual(['missing_parent']);
    await path.send({ entity: 'users', operation: 'create', key: '1', after: user('ada') });
    await path.revamp.run('update rowbridge.second_looks set due_at_ms = 0');
    await path.settle('posts');
    expect(await path.revamp.run('select headline from revamp_posts')).toEqual([{ headline: 'Hello' }]);
    expect(await path.lookReasons()).toEqual([]);
    expect(path.conflicts).toEqual([]);
  });

  it('deletes a parent once its children are gone, and puts it off while they remain', async () => {
    const row = await sharedUser('1', 'ada');
    await path.revamp.run("insert into revamp_posts (author_id, headline) select id, 'x' from revamp_users");
    await path.legacy.run('delete from legacy_users where id = 1');
    expect(await path.send({ entity: 'users', operation: 'delete', key: '1', before: row })).toEqual([
      'deferred',
    ]);
    await path.settle('users');
    expect(await path.lookReasons()).toEqual(['children_remain']);
    expect(await names()).toEqual(['ada']);
    await path.revamp.run('delete from revamp_posts');
    await path.revamp.run('update rowbridge.second_looks set due_at_ms = 0');
    await path.settle('users');
    expect(await names()).toEqual([]);
    expect(await path.lookReasons()).toEqual([]);
    expect(path.conflicts).toEqual([]);
  });

  it.each([
    ['wide', 255],
    ['narrow', 16],
  ])(
    'lets two rows swap a unique value of a %s column through placeholders, in one transaction',
    async (_width, characters) => {
      await path.revamp.run(`alter table revamp_users modify email_address varchar(${characters}) not null`);
      await path.target.schema.refresh(path.tableOf('users').entity);
      const first = await sharedUser('1', 'ada');
      const second = await sharedUser('2', 'bob');
      await path.legacy.run("update legacy_users set email = 'aside@example.test' where id = 1");
      const swapped = { first: 'bob@example.test', second: 'ada@example.test' };
      const secondAfter = await writeSource('2', user('bob', { email: swapped.second, updated_at: later }));
      const firstAfter = await writeSource('1', user('ada', { email: swapped.first, updated_at: later }));
      expect(await update('1', first, firstAfter)).toEqual(['deferred']);
      expect(await update('2', second, secondAfter)).toEqual(['deferred']);
      await path.settle('users');
      expect(await targetUsers()).toMatchObject([
        { user_name: 'ada', email_address: swapped.first },
        { user_name: 'bob', email_address: swapped.second },
      ]);
      expect(await path.lookReasons()).toEqual([]);
      expect(path.conflicts).toEqual([]);
    },
  );

  it('waits while a unique value is held by a row outside the pass, and does not touch that row', async () => {
    const first = await sharedUser('1', 'ada');
    await path.revamp.run(
      "insert into revamp_users (user_name, email_address, updated_at) values ('other', 'held@example.test', '2026-01-08 10:00:00')",
    );
    const after = await writeSource('1', user('ada', { email: 'held@example.test', updated_at: later }));
    expect(await update('1', first, after)).toEqual(['deferred']);
    await path.look('users');
    await path.look('users');
    expect(await path.lookReasons()).toEqual(['unique_value_held']);
    expect(await names()).toEqual(['ada', 'other']);
    await path.revamp.run("delete from revamp_users where user_name = 'other'");
    await path.revamp.run('update rowbridge.second_looks set due_at_ms = 0');
    await path.settle('users');
    expect(await targetUsers()).toMatchObject([{ email_address: 'held@example.test' }]);
    expect(await path.lookReasons()).toEqual([]);
  });

  it('I5: an update wins over a delete at the target, and the delete is listed', async () => {
    const row = await sharedUser('1', 'ada');
    await path.revamp.run('delete from revamp_users');
    const after = await writeSource('1', user('ada', { full_name: 'kept', updated_at: later }));
    expect(await update('1', row, after)).toEqual(['deferred']);
    await path.settle('users');
    expect(await targetUsers()).toMatchObject([{ display_name: 'kept' }]);
    expect(conflictTypes()).toEqual(['update_missing']);
    expect(path.conflicts[0]?.targetRow).toBeNull();
    expect(await path.lookReasons()).toEqual([]);
  });

  it('hands over a row that was edited at the target while it was deleted at the source', async () => {
    const row = await sharedUser('1', 'ada');
    await path.revamp.run("update revamp_users set display_name = 'kept'");
    await path.legacy.run('delete from legacy_users where id = 1');
    expect(await path.send({ entity: 'users', operation: 'delete', key: '1', before: row })).toEqual([
      'deferred',
    ]);
    await path.settle('users');
    expect(await names()).toEqual(['ada']);
    expect(path.handOvers).toHaveLength(1);
  });

  it('I8: makes an entry whose value the target cannot hold a dead letter, and settles the others', async () => {
    const first = await sharedUser('1', 'ada');
    const second = await sharedUser('2', 'bob');
    await path.revamp.run("update revamp_users set display_name = 'there'");
    await update(
      '1',
      first,
      await writeSource('1', user('ada', { status: 'unheard of', updated_at: later })),
    );
    const after = await writeSource('2', user('bob', { full_name: 'here', updated_at: later }));
    expect(await update('2', second, after)).toEqual(['deferred']);
    await path.legacy.run("update legacy_users set updated_at = '9999-01-01T00:00:00Z' where id = 1");
    await path.legacy.run("update legacy_users set status = 'active' where id = 1");
    await path.revamp.run(
      `insert into rowbridge.second_looks (direction, table_name, row_key, reason, blocked, phase, due_at_ms, attempts, first_seen_ms)
       values ('${path.plan.name}', 'legacy_users', '1', 'requested', false, 'listed', 0, 0, 0)
       on duplicate key update due_at_ms = 0`,
    );
    path.letters.splice(0);
    await path.settle('users');
    expect(path.letters.map(({ stage, errorCode }) => [stage, errorCode])).toEqual([
      ['second_look', 'out_of_range'],
    ]);
    expect(await targetUsers()).toMatchObject([{ display_name: 'there' }, { display_name: 'here' }]);
    expect(await path.lookReasons()).toEqual([]);
  });

  it('I7: a change deferred while its key is looked at is not lost when the look closes', async () => {
    const row = await sharedUser('1', 'ada');
    await path.revamp.run(
      "update revamp_users set display_name = 'there', updated_at = '2026-01-08 10:30:00'",
    );
    const first = await writeSource('1', user('ada', { full_name: 'here', updated_at: later }));
    expect(await update('1', row, first)).toEqual(['deferred']);
    await path.look('users');
    const second = await writeSource('1', user('ada', { full_name: 'here again', updated_at: latest }));
    expect(await update('1', first, second)).toEqual(['deferred']);
    await path.settle('users');
    expect(await targetUsers()).toMatchObject([{ display_name: 'here again' }]);
    expect(conflictTypes()).toEqual(['update_origin_differs']);
  });
});
