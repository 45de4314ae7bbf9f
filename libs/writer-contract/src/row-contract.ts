import type { RowImage, RowKey } from '@rowbridge/change-event';
import type { RowInsert } from '@rowbridge/pipeline';
import { expectRefusal } from './expect-refusal.js';
import type { HarnessInUse } from './contract-harness.js';
import { notes, people } from './contract-pair.js';
import { fresh, insertPerson, person, readPeople } from './sample-rows.js';

export function describeReads(inUse: HarnessInUse): void {
  describe('reading and locking rows', () => {
    it('answers the mapped columns of rows that exist, and nothing else', async () => {
      const { target } = inUse();
      const values = person({ balance: '-12', seen_at: '2024-02-29T23:59:59.000001Z' });
      const [key] = await target.transaction(({ rows }) =>
        rows.insert(people, [{ key: null, values, stamp: 'sync_service/x' }]),
      );
      expect(await readPeople(target, [key as string, '9007199254740993'])).toEqual(new Map([[key, values]]));
    });

    it('I2: a row that is read is locked until its transaction ends', async () => {
      const { target } = inUse();
      const key = await insertPerson(target, { balance: '1' });
      let waiting: Promise<ReadonlyMap<RowKey, RowImage>> = Promise.resolve(new Map());
      await target.transaction(async ({ rows }) => {
        await rows.readForUpdate(people, [key]);
        waiting = readPeople(target, [key]);
        await rows.update(people, [{ key, values: { balance: '2' }, stamp: null }]);
      });
      expect((await waiting).get(key)).toMatchObject({ balance: '2' });
    });

    it('reads 2,000 rows at once', async () => {
      const { target } = inUse();
      const inserts = Array.from({ length: 2_000 }, (): RowInsert => ({
        key: null,
        values: person(),
        stamp: null,
      }));
      const keys = await target.transaction(({ rows }) => rows.insert(people, inserts));
      const found = await readPeople(target, keys);
      expect(keys.map((key) => found.get(key)?.['email'])).toEqual(
        inserts.map(({ values }) => values['email']),
      );
    });
  });
}

export function describeHolders(inUse: HarnessInUse): void {
  describe('finding who holds a value', () => {
    it.each([
      ['the same text', (text: string) => text],
      ['another case', (text: string) => text.toUpperCase()],
      ['a trailing space', (text: string) => `${text} `],
      ['an accent', (text: string) => text.replace('a', 'á')],
    ])('agrees with the database’s own unique index: %s', async (_title, change) => {
      const { target } = inUse();
      const nickname = `anna${fresh()}`;
      const key = await insertPerson(target, { nickname });
      const tuples = [['nobody'], [change(nickname)]];
      const holders = await target.transaction(({ rows }) => rows.findHolders(people, ['nickname'], tuples));
      const clashes = await insertPerson(target, { nickname: change(nickname) }).then(
        () => false,
        () => true,
      );
      expect(holders).toEqual(clashes ? new Map([[1, key]]) : new Map());
    });

    it('answers the lowest key where several rows hold one tuple of several columns', async () => {
      const { target } = inUse();
      const parent = await insertPerson(target);
      const title = `title ${fresh()}`;
      const note = { key: null, values: { person_id: parent, title }, stamp: null };
      const [first] = await target.transaction(({ rows }) => rows.insert(notes, [note, note]));
      const holders = await target.transaction(({ rows }) =>
        rows.findHolders(
          notes,
          ['person_id', 'title'],
          [
            [parent, title],
            [parent, 'other'],
          ],
        ),
      );
      expect(holders).toEqual(new Map([[0, first]]));
    });

    it('2,000 tuples are looked up at once', async () => {
      const { target } = inUse();
      const inserts = Array.from({ length: 2_000 }, (): RowInsert => ({
        key: null,
        values: person(),
        stamp: null,
      }));
      const keys = await target.transaction(({ rows }) => rows.insert(people, inserts));
      const tuples = inserts.map(({ values }) => [values['email'] as string]);
      const holders = await target.transaction(({ rows }) => rows.findHolders(people, ['email'], tuples));
      expect(keys.map((_key, index) => holders.get(index))).toEqual(keys);
    });

    it('I8: integers beyond a double’s precision are told apart', async () => {
      const { target } = inUse();
      const balances = ['9007199254740992', '9007199254740993'];
      const keys: RowKey[] = [];
      for (const balance of balances) keys.push(await insertPerson(target, { balance }));
      const tuples = balances.map((balance) => [balance]);
      const holders = await target.transaction(({ rows }) => rows.findHolders(people, ['balance'], tuples));
      await target.transaction(({ rows }) =>
        rows.remove(
          people,
          keys.map((key) => ({ key, stamp: null })),
        ),
      );
      expect(tuples.map((_tuple, index) => holders.get(index))).toEqual(keys);
    });

    it('names the unique keys made of mapped columns', () => {
      const { target } = inUse();
      expect([...target.uniqueKeys(people)].sort()).toEqual([['email'], ['nickname']]);
      expect(target.uniqueKeys(notes)).toEqual([]);
    });
  });
}

export function describeInserts(inUse: HarnessInUse): void {
  describe('inserting rows', () => {
    it('answers generated and explicit keys in input order, each with its own row', async () => {
      const { target } = inUse();
      const base = 1_000_000 + fresh() * 1_000;
      const inserts = Array.from({ length: 40 }, (_blank, index): RowInsert => {
        const values = index % 4 === 0 ? { email: `sparse${fresh()}@example.org` } : person();
        return {
          key: index % 3 === 1 ? `${base - index}` : null,
          values,
          stamp: index % 2 === 0 ? `stamp ${index}` : null,
        };
      });
      const keys = await target.transaction(({ rows }) => rows.insert(people, inserts));
      const found = await readPeople(target, keys);
      expect(new Set(keys).size).toBe(inserts.length);
      inserts.forEach((insert, index) => {
        if (insert.key !== null) expect(keys[index]).toBe(insert.key);
        expect(found.get(keys[index] as string)).toMatchObject(insert.values);
      });
    });

    it('a key the database assigns later never meets one that was given', async () => {
      const { target } = inUse();
      const highest = BigInt(await insertPerson(target));
      for (const ahead of [1n, 2n, 60n, 5_000n]) {
        const given = (highest + ahead).toString();
        await target.transaction(({ rows }) =>
          rows.insert(people, [{ key: given, values: person(), stamp: null }]),
        );
      }
      for (let attempt = 0; attempt < 5; attempt += 1) {
        expect(BigInt(await insertPerson(target)) > highest + 5_000n).toBe(true);
      }
    });

    it('writes the stamp where the table has the column, and leaves it empty without one', async () => {
      const { target, execute } = inUse();
      const stamps = ['sync_service/a/1', null];
      const keys = await target.transaction(({ rows }) =>
        rows.insert(
          people,
          stamps.map((stamp) => ({ key: null, values: person(), stamp })),
        ),
      );
      const stored = await execute(
        `select id, sync_source from people where id in (${keys.join()}) order by id`,
      );
      expect(stored.map((row) => row['sync_source'])).toEqual(stamps);
      const [parent] = keys;
      await target.transaction(({ rows }) =>
        rows.insert(notes, [
          { key: null, values: { person_id: parent as string, title: 'x' }, stamp: 'unused' },
        ]),
      );
    });

    it('a clash on another unique key is told as such, without the value', async () => {
      const { target } = inUse();
      const email = `secret${fresh()}@example.org`;
      await insertPerson(target, { email });
      await expectRefusal(insertPerson(target, { email }), 'unique_value_held', [email, 'secret']);
    });

    it('a missing parent is told as such', async () => {
      const { target } = inUse();
      const orphan = { key: null, values: { person_id: '9007199254740993', title: 'orphan' }, stamp: null };
      const insert = target.transaction(({ rows }) => rows.insert(notes, [orphan]));
      await expectRefusal(insert, 'missing_parent', ['9007199254740993', 'orphan']);
    });

    it('writing no rows does nothing', async () => {
      const { target } = inUse();
      await target.transaction(async ({ rows }) => {
        expect(await rows.insert(people, [])).toEqual([]);
        await rows.update(people, []);
        await rows.remove(people, []);
      });
    });
  });
}
