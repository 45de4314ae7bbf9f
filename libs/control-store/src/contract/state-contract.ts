import { OpenStores } from './store-harness.js';
import type { StoreHarness } from './store-harness.js';

export function describeStateContract(harness: StoreHarness): void {
  describe('settings by key', () => {
    const stores = new OpenStores(harness);
    afterEach(() => stores.closeAll());

    it('come back as they were put, by whichever process asks', async () => {
      const [first, second] = [await stores.open(), await stores.open()];
      expect(await first.state.get('schedule')).toBeNull();
      await first.state.put('schedule', { cron: '*/5 * * * *', enabled: true, note: 'Grüße 🚀' });
      expect(await second.state.get('schedule')).toEqual({
        content: { cron: '*/5 * * * *', enabled: true, note: 'Grüße 🚀' },
        version: 1,
        changedAtMs: stores.clock.nowMs,
      });
    });

    it('are put over the expected version only', async () => {
      const store = await stores.open();
      expect(await store.state.put('limit', 1, { expectedVersion: 1 })).toBeNull();
      expect(await store.state.get('limit')).toBeNull();
      expect(await store.state.put('limit', 1, { expectedVersion: 0 })).toMatchObject({ version: 1 });
      expect(await store.state.put('limit', 2, { expectedVersion: 0 })).toBeNull();
      expect(await store.state.put('limit', 3, { expectedVersion: 1 })).toMatchObject({ version: 2 });
      expect(await store.state.get('limit')).toMatchObject({ content: 3, version: 2 });
    });

    it('are put by one of two processes that expect the same version at once', async () => {
      const [first, second] = [await stores.open(), await stores.open()];
      const answers = await Promise.all(
        [first, second].flatMap((store) =>
          [1, 2, 3].map((content) => store.state.put('race', content, { expectedVersion: 0 })),
        ),
      );
      expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
    });

    it('are gone when removed, once', async () => {
      const store = await stores.open();
      await store.state.put('gone', 1);
      expect(await store.state.remove('gone')).toBe(true);
      expect(await store.state.remove('gone')).toBe(false);
      expect(await store.state.get('gone')).toBeNull();
    });
  });
}
