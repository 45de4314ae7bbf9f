import type { RowKey } from '@rowbridge/change-event';
import type { KeyState, KeyVersion } from '@rowbridge/pipeline';
import type { HarnessInUse } from './contract-harness.js';
import { notes, people } from './contract-pair.js';
import { doubt, fresh, positionAt } from './sample-rows.js';

export function describeKeyRegister(inUse: HarnessInUse): void {
  const save = (versions: readonly KeyVersion[]): Promise<void> =>
    inUse().target.transaction(({ keys }) => keys.save(people, versions));
  const read = (keys: readonly RowKey[]): Promise<ReadonlyMap<RowKey, KeyState>> =>
    inUse().target.transaction(({ keys: register }) => register.read(people, keys));
  const version = (key: RowKey, values: Partial<KeyVersion> = {}): KeyVersion => ({
    key,
    position: null,
    spentStamp: null,
    deleted: false,
    generation: 0,
    ...values,
  });

  describe('the key register', () => {
    it('answers nothing for keys nothing is known of', async () => {
      expect((await read([`key ${fresh()}`])).size).toBe(0);
      expect((await read([])).size).toBe(0);
    });

    it('I3: position and spent stamp never go back, whatever order saves come in', async () => {
      const key = `key ${fresh()}`;
      await save([version(key, { position: positionAt(20), spentStamp: null })]);
      await save([version(key, { position: positionAt(10), spentStamp: positionAt(7) })]);
      await save([version(key, { position: null, spentStamp: positionAt(3) })]);
      await save([version(key, { position: positionAt(15), spentStamp: null })]);
      expect((await read([key])).get(key)).toEqual({
        ...version(key, { position: positionAt(20), spentStamp: positionAt(7) }),
        targetKey: null,
        awaitsLook: false,
      });
    });

    it('I3: a tombstone is kept as saved last, and the generation rises', async () => {
      const key = `key ${fresh()}`;
      await save([version(key, { position: positionAt(20), deleted: true, generation: 2 })]);
      expect((await read([key])).get(key)).toMatchObject({ deleted: true, generation: 2 });
      await save([version(key, { position: positionAt(30), generation: 3 })]);
      expect((await read([key])).get(key)).toMatchObject({ deleted: false, generation: 3 });
    });

    it('I5: the generation never goes back when a change is saved beside a look that settled a conflict', async () => {
      const key = `key ${fresh()}`;
      await save([version(key, { generation: 4 })]);
      await save([version(key, { position: positionAt(30), generation: 3 })]);
      expect((await read([key])).get(key)).toMatchObject({ generation: 4 });
    });

    it('I3: locking changes nothing that is known of a key, and enters one nothing is known of', async () => {
      const [known, unknown] = [`key ${fresh()}`, `key ${fresh()}`] as [string, string];
      const deleted = version(known, {
        position: positionAt(20),
        spentStamp: positionAt(7),
        deleted: true,
        generation: 2,
      });
      await save([deleted]);
      await inUse().target.transaction(({ keys }) => keys.lock(people, [unknown, known]));
      const states = await read([known, unknown]);
      expect(states.get(known)).toMatchObject(deleted);
      expect(states.get(unknown)).toMatchObject(version(unknown));
    });

    it('I3: a key that is locked is neither locked nor saved by another transaction until the first ends', async () => {
      const [known, unknown] = [`key ${fresh()}`, `key ${fresh()}`] as [string, string];
      await save([version(known)]);
      const order: string[] = [];
      let lockedBoth: () => void = () => undefined;
      const locked = new Promise<void>((resolve) => (lockedBoth = resolve));
      const first = inUse().target.transaction(async ({ keys }) => {
        await keys.lock(people, [known, unknown]);
        lockedBoth();
        // Long enough for the others to come to the lock: they would pass it within this time.
        for (let reads = 0; reads < 20; reads += 1) await keys.read(people, [known]);
        order.push('first');
      });
      await locked;
      const others = [known, unknown].map(async (key) => {
        await inUse().target.transaction(({ keys }) => keys.lock(people, [key]));
        order.push('lock');
      });
      const saving = save([version(known, { position: positionAt(30) })]).then(() => void order.push('save'));
      await Promise.all([first, ...others, saving]);
      expect(order[0]).toBe('first');
    });

    it('tells in one read a key’s version, its twin, and whether it awaits a second look', async () => {
      const [versioned, linked, listed, unknown] = [0, 1, 2, 3].map(() => `key ${fresh()}`) as [
        string,
        string,
        string,
        string,
      ];
      await inUse().target.transaction(async ({ keys, identities, looks }) => {
        await keys.save(people, [version(versioned, { position: positionAt(5) })]);
        await identities.link(people.entity, [{ sourceKey: linked, targetKey: `twin of ${linked}` }]);
        await looks.list(people, [doubt(listed)]);
        await looks.list(notes, [doubt(versioned)]);
      });
      const states = await read([listed, unknown, versioned, linked]);
      expect([...states.keys()].sort()).toEqual([versioned, linked, listed].sort());
      expect(states.get(versioned)).toMatchObject({
        position: positionAt(5),
        targetKey: null,
        awaitsLook: false,
      });
      expect(states.get(linked)).toMatchObject({
        position: null,
        targetKey: `twin of ${linked}`,
        awaitsLook: false,
      });
      expect(states.get(listed)).toMatchObject({
        position: null,
        targetKey: null,
        awaitsLook: true,
        generation: 0,
      });
    });

    it('keys that differ in case, trailing space or accent alone are different keys', async () => {
      const stem = `Key ${fresh()}`;
      const variants = [stem, stem.toLowerCase(), `${stem} `, `${stem}é`, `${stem}e`, `${stem}😀`];
      await save(variants.map((key, index) => version(key, { position: positionAt(index + 1) })));
      const states = await read(variants);
      expect(variants.map((key) => states.get(key)?.position)).toEqual(
        variants.map((_key, index) => positionAt(index + 1)),
      );
    });

    it('I3: two transactions saving the same keys at once keep the greatest positions', async () => {
      const keys = Array.from({ length: 20 }, () => `key ${fresh()}`);
      await Promise.all([
        save(keys.map((key, index) => version(key, { position: positionAt(100 + index) }))),
        save([...keys].reverse().map((key, index) => version(key, { position: positionAt(100 + index) }))),
      ]);
      const states = await read(keys);
      expect(keys.map((key) => states.get(key)?.position)).toEqual(
        keys.map((_key, index) => positionAt(100 + Math.max(index, keys.length - 1 - index))),
      );
    });

    it('saves and reads 2,000 keys at once', async () => {
      const keys = Array.from({ length: 2_000 }, () => `key ${fresh()}`);
      await save(keys.map((key) => version(key, { position: positionAt(1) })));
      expect((await read(keys)).size).toBe(2_000);
    });
  });
}
