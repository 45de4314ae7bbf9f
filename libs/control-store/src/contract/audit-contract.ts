import { InvalidCursorError } from '../page-cursor.js';
import type { NewAuditEntry } from '../audit-log.js';
import { OpenStores } from './store-harness.js';
import type { StoreHarness } from './store-harness.js';

const entry: NewAuditEntry = {
  actor: 'operator',
  action: 'dlq.discard',
  target: 'dead letter 0-1',
  before: { status: 'open' },
  after: null,
  result: 'done',
  traceId: null,
};

export function describeAuditContract(harness: StoreHarness): void {
  describe('the audit log', () => {
    const stores = new OpenStores(harness);
    afterEach(() => stores.closeAll());

    it('answers what was appended, newest first, also within one millisecond', async () => {
      const store = await stores.open();
      const appended = [];
      for (let number = 0; number < 5; number += 1) {
        appended.unshift(await store.audit.append({ ...entry, target: `letter ${number}` }));
      }
      const { items, next } = await store.audit.list({ limit: 5 });
      expect(items).toEqual(appended);
      expect(next).toBeNull();
    });

    it('is filtered and paged', async () => {
      const store = await stores.open();
      for (let number = 0; number < 6; number += 1) {
        stores.clock.nowMs += 10;
        await store.audit.append({
          ...entry,
          actor: number % 2 === 0 ? 'anna' : 'bert',
          action: number < 3 ? 'dlq.replay' : 'dlq.edit',
          result: number === 5 ? 'not_found' : 'done',
        });
      }
      const numberOf = async (filter: object): Promise<number> =>
        (await store.audit.list({ limit: 100, ...filter })).items.length;
      expect(await numberOf({ actor: 'anna' })).toBe(3);
      expect(await numberOf({ action: 'dlq.edit', actor: 'bert' })).toBe(2);
      expect(await numberOf({ result: 'not_found' })).toBe(1);
      expect(await numberOf({ target: 'dead letter 0-1' })).toBe(6);
      expect(await numberOf({ fromMs: stores.clock.nowMs - 10, untilMs: stores.clock.nowMs })).toBe(1);
      const first = await store.audit.list({ limit: 4, actor: 'bert' });
      expect(first).toMatchObject({ next: null });
      const page = await store.audit.list({ limit: 2, actor: 'bert' });
      const rest = await store.audit.list({ limit: 2, actor: 'bert', cursor: page.next ?? '' });
      expect([...page.items, ...rest.items]).toEqual(first.items);
    });

    it('refuses a cursor that no page handed out', async () => {
      const store = await stores.open();
      for (const cursor of ['', 'x', Buffer.from('[1]').toString('base64url')]) {
        await expect(store.audit.list({ limit: 5, cursor })).rejects.toThrow(InvalidCursorError);
      }
    });
  });
}
