import { randomUUID } from 'node:crypto';
import { describeWithEngines } from '@rowbridge/testing';
import { openRowPath, type RowPath, type StatedChange } from './row-path-harness.js';

const createdAt = '2026-01-08T10:00:00.123456Z';

function user(name: string, change: Record<string, string | null> = {}): Record<string, string | null> {
  return {
    username: name,
    email: `${name}@example.test`,
    full_name: null,
    phone_number: '12345678901234567890',
    status: 'active',
    created_at: createdAt,
    updated_at: createdAt,
    sync_source: null,
    ...change,
  };
}

function creation(key: string, name: string, change: Record<string, string | null> = {}): StatedChange {
  return { entity: 'users', operation: 'create', key, after: user(name, change) };
}

describeWithEngines('processBatch, PostgreSQL to MariaDB', () => {
  let path: RowPath;

  beforeEach(async () => {
    path = await openRowPath();
  });

  afterEach(async () => {
    await path.close();
  });

  const names = async (): Promise<unknown[]> =>
    (await path.revamp.run('select user_name from revamp_users order by user_name')).map(
      (row) => row['user_name'],
    );

  it('writes what applications created, changed and deleted', async () => {
    expect(await path.send(creation('1', 'ada'), creation('2', 'bob'))).toEqual(['applied', 'applied']);
    const renamed = user('ada', { username: 'ada l.' });
    expect(
      await path.send(
        { entity: 'users', operation: 'update', key: '1', before: user('ada'), after: renamed },
        { entity: 'users', operation: 'delete', key: '2', before: user('bob') },
      ),
    ).toEqual(['applied', 'applied']);
    expect(await names()).toEqual(['ada l.']);
  });

  it('I2: applies an event once, however often it is delivered', async () => {
    const change = { ...creation('1', 'ada'), place: 7, eventId: '019b0000-0000-8000-8000-000000000001' };
    const fresh = {
      ...change,
      eventId: `019b0000-0000-8000-8000-${Date.now().toString(16).padStart(12, '0')}`,
    };
    expect(await path.send(fresh, fresh)).toEqual(['applied', 'duplicate']);
    expect(await path.send(fresh)).toEqual(['duplicate']);
    expect(await names()).toEqual(['ada']);
  });

  it('I3: an older event changes nothing after a newer one', async () => {
    const newer = user('ada', { full_name: 'newer' });
    await path.send(creation('1', 'ada'));
    await path.send({
      entity: 'users',
      operation: 'update',
      key: '1',
      before: user('ada'),
      after: newer,
      place: 9,
    });
    const older = user('ada', { full_name: 'older' });
    expect(
      await path.send({
        entity: 'users',
        operation: 'update',
        key: '1',
        before: newer,
        after: older,
        place: 8,
      }),
    ).toEqual(['superseded']);
    expect(await path.revamp.run('select display_name from revamp_users')).toEqual([
      { display_name: 'newer' },
    ]);
  });

  it('I3: a deleted row stays deleted for older events', async () => {
    await path.send(creation('1', 'ada'));
    await path.send({ entity: 'users', operation: 'delete', key: '1', before: user('ada'), place: 9 });
    expect(await path.send({ ...creation('1', 'ada'), place: 5 })).toEqual(['superseded']);
    expect(await names()).toEqual([]);
  });

  it('I5: defers an update whose before-image is not what the target holds', async () => {
    await path.send(creation('1', 'ada'));
    await path.revamp.run("update revamp_users set display_name = 'edited there'");
    const after = user('ada', { full_name: 'edited here' });
    expect(
      await path.send({ entity: 'users', operation: 'update', key: '1', before: user('ada'), after }),
    ).toEqual(['deferred']);
    expect(await path.revamp.run('select display_name from revamp_users')).toEqual([
      { display_name: 'edited there' },
    ]);
    expect(await path.lookReasons()).toEqual(['update_origin_differs']);
  });

  it('I5: defers an update although the target holds its after-image already', async () => {
    await path.send(creation('1', 'ada'));
    await path.revamp.run("update revamp_users set display_name = 'the same'");
    const after = user('ada', { full_name: 'the same' });
    expect(
      await path.send({ entity: 'users', operation: 'update', key: '1', before: user('ada'), after }),
    ).toEqual(['deferred']);
  });

  it('I7: later changes of a key that awaits a second look do not write', async () => {
    await path.send(creation('1', 'ada'));
    await path.revamp.run("update revamp_users set display_name = 'edited there'");
    const second = user('ada', { full_name: 'second' });
    const third = user('ada', { full_name: 'third' });
    await path.send({ entity: 'users', operation: 'update', key: '1', before: user('ada'), after: second });
    expect(
      await path.send({ entity: 'users', operation: 'update', key: '1', before: second, after: third }),
    ).toEqual(['deferred']);
    expect(await path.revamp.run('select display_name from revamp_users')).toEqual([
      { display_name: 'edited there' },
    ]);
  });

  it('I7: a later change does not write even where the target is what it started from', async () => {
    await path.send(creation('1', 'ada'));
    await path.revamp.run("update revamp_users set display_name = 'edited there'");
    const second = user('ada', { full_name: 'second' });
    const third = user('ada', { full_name: 'third' });
    await path.send({ entity: 'users', operation: 'update', key: '1', before: user('ada'), after: second });
    await path.revamp.run("update revamp_users set display_name = 'second'");
    expect(
      await path.send({ entity: 'users', operation: 'update', key: '1', before: second, after: third }),
    ).toEqual(['deferred']);
    expect(await path.revamp.run('select display_name from revamp_users')).toEqual([
      { display_name: 'second' },
    ]);
  });

  it('I5: does not claim a dead-lettered event, so that its replay is judged again', async () => {
    const refused = { ...creation('1', 'ada', { status: 'banned' }), eventId: randomUUID() };
    expect(await path.send(refused)).toEqual(['dead_lettered']);
    expect(await path.send({ ...refused, after: user('ada') })).toEqual(['applied']);
  });

  it('collapses changes of one key that follow on each other', async () => {
    const second = user('ada', { full_name: 'second' });
    const third = user('ada', { full_name: 'third' });
    expect(
      await path.send(
        creation('1', 'ada'),
        { entity: 'users', operation: 'update', key: '1', before: user('ada'), after: second },
        { entity: 'users', operation: 'update', key: '1', before: second, after: third },
      ),
    ).toEqual(['applied', 'applied', 'applied']);
    expect(await path.revamp.run('select display_name from revamp_users')).toEqual([
      { display_name: 'third' },
    ]);
  });

  it('filters an update that touches no mapped column', async () => {
    await path.send(creation('1', 'ada'));
    const touched = user('ada', { unmapped: 'x' });
    expect(
      await path.send({
        entity: 'users',
        operation: 'update',
        key: '1',
        before: user('ada'),
        after: touched,
      }),
    ).toEqual(['filtered']);
  });

  it('I8: dead-letters an unknown status word and writes its batch-mates', async () => {
    const outcomes = await path.send(
      creation('1', 'ada'),
      creation('2', 'bob', { status: 'banned' }),
      creation('3', 'cyd'),
    );
    expect(outcomes).toEqual(['applied', 'dead_lettered', 'applied']);
    expect(path.letters.map(({ errorCode, stage }) => [errorCode, stage])).toEqual([
      ['unknown_value_word', 'map'],
    ]);
    expect(path.letters[0]?.message).toContain('status');
    expect(path.letters[0]?.message).not.toContain('banned');
    expect(await names()).toEqual(['ada', 'cyd']);
  });

  it('I8: finds the one value the target cannot hold among 64 and writes the others', async () => {
    const changes = Array.from({ length: 64 }, (_unused, index) =>
      creation(String(index), `user${index}`, index === 41 ? { full_name: 'x'.repeat(5_000) } : {}),
    );
    const outcomes = await path.send(...changes);
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(63);
    expect(path.letters.map(({ errorCode }) => errorCode)).toEqual(['value_too_long']);
    expect(await path.revamp.run('select count(*) as number from revamp_users')).toEqual([{ number: 63 }]);
  });

  it('I8: refuses an instant beyond what a MySQL timestamp holds', async () => {
    expect(await path.send(creation('1', 'ada', { updated_at: '2100-01-01T00:00:00.000000Z' }))).toEqual([
      'dead_lettered',
    ]);
    expect(path.letters[0]?.errorCode).toBe('out_of_range');
  });

  it('lists a child whose parent is unknown, and the parent goes its way', async () => {
    const post = {
      user_id: '1',
      title: 'Hello',
      body: null,
      status: 'draft',
      created_at: createdAt,
      updated_at: createdAt,
    };
    expect(await path.send({ entity: 'posts', operation: 'create', key: '70', after: post })).toEqual([
      'deferred',
    ]);
    expect(await path.lookReasons()).toEqual(['missing_parent']);
    expect(await path.send(creation('1', 'ada'))).toEqual(['applied']);
  });

  it('lists a delete whose children remain', async () => {
    await path.send(creation('1', 'ada'));
    const [row] = await path.revamp.run('select id from revamp_users');
    await path.revamp.run(
      `insert into revamp_posts (author_id, headline, state, created_at, updated_at) values (${String(row?.['id'])}, 'x', 'DRAFT', now(), now())`,
    );
    expect(await path.send({ entity: 'users', operation: 'delete', key: '1', before: user('ada') })).toEqual([
      'deferred',
    ]);
    expect(await path.lookReasons()).toEqual(['children_remain']);
  });

  it('lists a row whose unique value another row holds, and never touches that other row', async () => {
    await path.send(creation('1', 'ada'), creation('2', 'bob'));
    const taken = user('ada', { email: 'bob@example.test' });
    expect(
      await path.send({ entity: 'users', operation: 'update', key: '1', before: user('ada'), after: taken }),
    ).toEqual(['deferred']);
    expect(await path.lookReasons()).toEqual(['unique_value_held']);
    expect(await names()).toEqual(['ada', 'bob']);
  });

  it('recognises a row made on both sides by its natural key and leaves it to a second look', async () => {
    await path.revamp.run(
      "insert into revamp_users (user_name, email_address, account_status) values ('other', 'ada@example.test', 'ACTIVE')",
    );
    expect(await path.send(creation('1', 'ada'))).toEqual(['deferred']);
    expect(await path.lookReasons()).toEqual(['insert_exists']);
    expect(await names()).toEqual(['other']);
  });

  it('seeds rows from the initial snapshot and leaves equal ones unchanged', async () => {
    const read = { ...creation('1', 'ada'), operation: 'read', snapshot: 'initial' } as const;
    expect(await path.send(read)).toEqual(['applied']);
    expect(await path.send({ ...read, place: 50 })).toEqual(['unchanged']);
  });
});

describeWithEngines('processBatch under the source column guard', () => {
  it('I4, I5: drops the return of a sync write once and takes every edit after it', async () => {
    const path = await openRowPath({ actingGuard: 'source_column' });
    try {
      await path.send(creation('1', 'ada'));
      const [row] = await path.revamp.run('select sync_source from revamp_users');
      expect(String(row?.['sync_source'])).toMatch(/^sync_service\/legacy-to-revamp/);
      const edited = user('ada', { full_name: 'edit', sync_source: String(row?.['sync_source']) });
      const outcomes = await path.send({
        entity: 'users',
        operation: 'update',
        key: '1',
        before: user('ada', { sync_source: String(row?.['sync_source']) }),
        after: edited,
      });
      expect(outcomes).toEqual(['applied']);
    } finally {
      await path.close();
    }
  });
});
