import type { RawRecord } from '@rowbridge/change-event';
import { openControlStore, type ControlStore } from '@rowbridge/control-store';
import { createDatabase, describeWithEngines, type TestDatabase } from '@rowbridge/testing';
import { indexRecord } from './index-record.js';

const topic = 'sync.dlq';
const endlessText = `\0${'\u{1F600}'.repeat(300)}`;
/** What anybody may say of a record; each at what some store refuses. */
const strange: Readonly<Record<string, string>> = {
  '__connect.errors.topic': endlessText,
  '__connect.errors.partition': '4294967296',
  '__connect.errors.offset': '-9007199254740991',
  '__connect.errors.exception.message': endlessText,
  'x-sync-direction': `a${endlessText}`,
  'x-sync-event-id': '\0',
  'x-sync-error-code': endlessText,
  'x-sync-stage': endlessText,
  'x-sync-attempts': '9007199254740991',
  'x-sync-first-failed-at': '+275760-09-13T00:00:00.000Z',
};

function recordAt(offset: bigint, told: Readonly<Record<string, string>>): RawRecord {
  const headers = Object.entries(told).map(([name, text]) => ({ name, value: Buffer.from(text) }));
  return { topic, partition: 0, offset, timestampMs: 1, key: null, value: null, headers };
}

describeWithEngines('the index', () => {
  let database: TestDatabase | undefined;
  let store: ControlStore | undefined;

  afterEach(async () => {
    await store?.close();
    await database?.drop();
  });

  it.each(['postgres', 'mariadb'] as const)(
    'takes records of strangers into %s, whatever they say, and those behind them',
    async (engine) => {
      database = await createDatabase(engine);
      store = await openControlStore({ url: database.url });
      const decoder = { tableOf: () => null };
      // The last one comes twice: a batch that was tried again.
      for (const [offset, told] of [strange, {}, strange].entries()) {
        const letter = recordAt(BigInt(offset), told);
        const records = [indexRecord({ letter, key: endlessText }, [], decoder)];
        await store.deadLetters.enter({ topic, partition: 0, records, nextOffset: offset + 1 });
      }
      const { items } = await store.deadLetters.list({ limit: 10 });
      expect(items.map(({ id, occurrences }) => [id, occurrences])).toEqual([
        ['0-0', 2],
        ['0-1', 1],
      ]);
    },
  );
});
