import { describeWithEngines } from '@rowbridge/testing';
import { openRowPath, type RowPath, type StatedChange } from './row-path-harness.js';

const editedAt = '2026-01-08T10:00:00.123456Z';
const row = { note: 'moving', edited_at: editedAt };

/** Both halves of a key change stand at one place of the log, and each is of its own key's partition. */
const departure = (place: number): StatedChange => ({
  entity: 'labels',
  operation: 'delete',
  key: 'former',
  before: { word: 'former', ...row },
  movedTo: 'new',
  place,
});
const arrival = (place: number): StatedChange => ({
  entity: 'labels',
  operation: 'create',
  key: 'new',
  after: { word: 'new', ...row },
  movedFrom: 'former',
  place,
});
const creation = (key: string, place: number): StatedChange => ({
  entity: 'labels',
  operation: 'create',
  key,
  after: { word: key, ...row },
  place,
});

describeWithEngines('a changed key that both sides share, PostgreSQL to MariaDB', () => {
  let path: RowPath;

  beforeEach(async () => {
    path = await openRowPath();
    await insertAtSource('former');
    expect(await path.send(creation('former', 1))).toEqual(['applied']);
    await path.revamp.run("update labels set own = 'kept'");
  });

  afterEach(async () => {
    await path.close();
  });

  const insertAtSource = (key: string): Promise<unknown> =>
    path.legacy.run(`insert into labels values ('${key}', 'moving', '${editedAt}')`);
  const moveAtSource = (): Promise<unknown> =>
    path.legacy.run("update labels set word = 'new' where word = 'former'");

  const targetRows = async (): Promise<unknown[]> =>
    (await path.revamp.run('select word, note, own from labels order by word')).map(({ word, note, own }) =>
      [word, note, own].join(' '),
    );

  /** The target row each key is linked to. */
  const links = (): Promise<Readonly<Record<string, string>>> =>
    path.target.transaction(async ({ identities }) =>
      Object.fromEntries(await identities.resolve(path.tableOf('labels').entity, ['former', 'new'])),
    );

  const looks = async (): Promise<unknown[]> =>
    (
      await path.revamp.run(
        `select convert(row_key using utf8mb4) as listed, target_digest is not null as has_digest
         from rowbridge.second_looks where direction = '${path.plan.name}' order by 1`,
      )
    ).map((look) => `${String(look['listed'])} ${Number(look['has_digest']) === 1 ? 'certain' : 'open'}`);

  it('I6: passes the row on to the new key, which alone may tell what the row was', async () => {
    await moveAtSource();
    expect(await path.send(departure(2))).toEqual(['deferred']);
    expect(await links()).toEqual({ new: 'former' });
    expect(await looks()).toEqual(['former open', 'new certain']);
    await path.settle('labels');
    expect(await targetRows()).toEqual(['new moving kept']);
    expect(path.conflicts).toEqual([]);
  });

  it('I7: lets nothing write at the former key until the row has left it', async () => {
    await moveAtSource();
    await path.send(departure(2));
    await insertAtSource('former');
    expect(await path.send(creation('former', 3))).toEqual(['deferred']);
    await path.settle('labels');
    expect(await targetRows()).toEqual(['former moving ', 'new moving kept']);
    expect(await path.lookReasons()).toEqual([]);
  });

  it('leaves a row alone that holds the new key at the target', async () => {
    await path.revamp.run("insert into labels (word, note, own) values ('new', 'another', 'own')");
    await moveAtSource();
    expect(await path.send(departure(2))).toEqual(['deferred']);
    expect(await links()).toEqual({ former: 'former' });
  });

  it('I3: an arrival that comes after a new row at the former key does not take that row', async () => {
    await moveAtSource();
    await path.send(departure(2));
    await path.legacy.run('delete from labels');
    await path.settle('labels');
    expect(await targetRows()).toEqual([]);
    await insertAtSource('former');
    await path.send(creation('former', 4));
    await path.settle('labels');
    expect(await targetRows()).toEqual(['former moving ']);
    expect(await links()).toEqual({ former: 'former' });
    expect(await path.send(arrival(2))).toEqual(['deferred']);
    expect(await links()).toMatchObject({ former: 'former' });
    await path.settle('labels');
    expect(await targetRows()).toEqual(['former moving ']);
  });

  it('I3: a departure that comes after its arrival does not take what the target has at the former key since', async () => {
    await moveAtSource();
    await path.send(arrival(2));
    await path.settle('labels');
    expect(await targetRows()).toEqual(['new moving kept']);
    await path.revamp.run("update labels set word = 'former', note = 'another'");
    expect(await path.send(departure(2))).toEqual(['deferred']);
    expect(await links()).toEqual({ new: 'new' });
  });

  it('I7: a row that takes the key of one deleted before it is not held up by that one', async () => {
    const another = { note: 'another', edited_at: '2026-01-08T12:00:00.000000Z' };
    await path.legacy.run(`insert into labels values ('new', 'another', '${another.edited_at}')`);
    const created: StatedChange = { ...creation('new', 2), after: { word: 'new', ...another } };
    expect(await path.send(created)).toEqual(['applied']);
    await path.legacy.run("delete from labels where word = 'new'");
    await moveAtSource();
    const deletion: StatedChange = {
      entity: 'labels',
      operation: 'delete',
      key: 'new',
      before: { word: 'new', ...another },
      place: 3,
    };
    expect(await path.send(deletion, departure(4))).toEqual(['applied', 'deferred']);
    await path.settle('labels');
    expect(await targetRows()).toEqual(['new moving kept']);
    expect(await path.lookReasons()).toEqual([]);
    expect(path.conflicts).toEqual([]);
    expect(path.handOvers).toEqual([]);
  });
});
