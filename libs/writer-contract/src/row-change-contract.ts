import type { RowInsert } from '@rowbridge/pipeline';
import { expectRefusal } from './expect-refusal.js';
import type { HarnessInUse } from './contract-harness.js';
import { notes, people } from './contract-pair.js';
import { fresh, insertPerson, person, readPeople } from './sample-rows.js';

export function describeUpdates(inUse: HarnessInUse): void {
  describe('updating rows', () => {
    it('I5: columns that are absent are left alone; each row gets its own values', async () => {
      const { target } = inUse();
      const originals = [person({ balance: '1' }), person({ balance: '2' }), person({ balance: '3' })];
      const keys = await target.transaction(({ rows }) =>
        rows.insert(
          people,
          originals.map((values) => ({ key: null, values, stamp: null })),
        ),
      );
      const [first, second, third] = keys as [string, string, string];
      await target.transaction(({ rows }) =>
        rows.update(people, [
          { key: third, values: { balance: '33', full_name: null }, stamp: 'three' },
          { key: first, values: { balance: '11', full_name: 'One' }, stamp: null },
          { key: second, values: { nickname: null }, stamp: 'two' },
        ]),
      );
      expect(await readPeople(target, keys)).toEqual(
        new Map([
          [first, { ...originals[0], balance: '11', full_name: 'One' }],
          [second, { ...originals[1], nickname: null }],
          [third, { ...originals[2], balance: '33', full_name: null }],
        ]),
      );
    });

    it('a stamp is written with the row, and the old one stays where none is given', async () => {
      const { target, execute } = inUse();
      const keys = await target.transaction(({ rows }) =>
        rows.insert(
          people,
          [0, 1, 2].map(() => ({ key: null, values: person(), stamp: 'old' })),
        ),
      );
      const [first, second, third] = keys as [string, string, string];
      await target.transaction(({ rows }) =>
        rows.update(people, [
          { key: first, values: { balance: '5' }, stamp: 'new' },
          { key: second, values: { balance: '5' }, stamp: null },
          { key: third, values: {}, stamp: 'alone' },
        ]),
      );
      const stored = await execute(`select sync_source from people where id in (${keys.join()}) order by id`);
      expect(stored.map((row) => row['sync_source'])).toEqual(['new', 'old', 'alone']);
    });

    it('I5: a clash on another unique key changes no row, not even the one that holds the value', async () => {
      const { target, execute } = inUse();
      const holder = await insertPerson(target, { balance: '1' });
      const changed = await insertPerson(target, { balance: '2' });
      const before = await execute(`select * from people where id in (${holder}, ${changed}) order by id`);
      const email = before[0]?.['email'] as string;
      const update = target.transaction(({ rows }) =>
        rows.update(people, [{ key: changed, values: { email, balance: '9' }, stamp: 'x' }]),
      );
      await expectRefusal(update, 'unique_value_held', [email]);
      expect(await execute(`select * from people where id in (${holder}, ${changed}) order by id`)).toEqual(
        before,
      );
    });

    it('a row that does not exist is not made by an update', async () => {
      const { target } = inUse();
      const absent = '9007199254740993';
      await target.transaction(({ rows }) =>
        rows.update(people, [{ key: absent, values: { email: `x${fresh()}@example.org` }, stamp: null }]),
      );
      expect((await readPeople(target, [absent])).size).toBe(0);
    });

    it('I8: 2,000 rows with keys beyond a double’s precision are each updated exactly', async () => {
      const { target } = inUse();
      const base = 9_107_199_254_740_993n + BigInt(fresh() * 10_000);
      const inserts = Array.from({ length: 2_000 }, (_blank, index): RowInsert => ({
        key: (base + BigInt(index)).toString(),
        values: person(),
        stamp: null,
      }));
      const insertAt = (rows: readonly RowInsert[]): Promise<unknown> =>
        target.transaction(async (transaction) => {
          const keys = await transaction.rows.insert(people, rows);
          const updates = rows.map(({ key }, index) => ({
            key: key as string,
            values: { balance: `${index}`, full_name: index % 2 === 0 ? null : `Näme "${index}" 😀` },
            stamp: null,
          }));
          await transaction.rows.update(people, updates);
          const found = await transaction.rows.readForUpdate(people, keys);
          updates.forEach(({ key, values }) => expect(found.get(key)).toMatchObject(values));
          throw new Error('undone');
        });
      await expect(insertAt(inserts)).rejects.toThrow('undone');
    });
  });
}

export function describeRemovals(inUse: HarnessInUse): void {
  describe('removing rows', () => {
    it('I4: the stamp is written before the row goes, in the same transaction', async () => {
      const { target, execute } = inUse();
      const key = await insertPerson(target);
      await execute(`delete from removal_history`);
      await target.transaction(({ rows }) => rows.remove(people, [{ key, stamp: 'sync_service/x/deleted' }]));
      expect(await execute(`select person_id, last_stamp from removal_history`)).toEqual([
        { person_id: key, last_stamp: 'sync_service/x/deleted' },
      ]);
      expect((await readPeople(target, [key])).size).toBe(0);
    });

    it('rows with and without stamp go together; rows that are gone already are no fault', async () => {
      const { target } = inUse();
      const keys = [await insertPerson(target), await insertPerson(target), await insertPerson(target)];
      const [first, second, third] = keys as [string, string, string];
      await target.transaction(({ rows }) =>
        rows.remove(people, [
          { key: second, stamp: null },
          { key: '9007199254740993', stamp: 'gone' },
          { key: first, stamp: 'stamped' },
        ]),
      );
      expect([...(await readPeople(target, keys)).keys()]).toEqual([third]);
    });

    it('children that remain are told as such, and the row stays', async () => {
      const { target } = inUse();
      const key = await insertPerson(target);
      await target.transaction(({ rows }) =>
        rows.insert(notes, [{ key: null, values: { person_id: key, title: 'child' }, stamp: null }]),
      );
      const removal = target.transaction(({ rows }) =>
        rows.remove(people, [{ key, stamp: 'sync_service/x' }]),
      );
      await expectRefusal(removal, 'children_remain', ['child']);
      expect((await readPeople(target, [key])).size).toBe(1);
    });

    it('a table without the bookkeeping column loses its row without a stamp', async () => {
      const { target } = inUse();
      const parent = await insertPerson(target);
      const [note] = await target.transaction(({ rows }) =>
        rows.insert(notes, [{ key: null, values: { person_id: parent, title: 'brief' }, stamp: null }]),
      );
      await target.transaction(({ rows }) =>
        rows.remove(notes, [{ key: note as string, stamp: 'sync_service/x' }]),
      );
      const left = await target.transaction(({ rows }) => rows.readForUpdate(notes, [note as string]));
      expect(left.size).toBe(0);
    });
  });
}
