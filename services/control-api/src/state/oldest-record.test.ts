import fc from 'fast-check';
import { findOldestRecords } from './oldest-record.js';

/** A topic whose partitions hold records of these times, in offset order. */
function topicOf(partitions: readonly (readonly number[])[]): {
  offsetsFrom: (timestampMs: number) => Promise<ReadonlyMap<number, bigint>>;
  requests: () => number;
} {
  let requests = 0;
  return {
    requests: () => requests,
    offsetsFrom: async (timestampMs) => {
      requests += 1;
      return new Map(
        partitions.map((times, partition) => {
          const first = times.findIndex((time) => time >= timestampMs);
          return [partition, BigInt(first < 0 ? times.length : first)];
        }),
      );
    },
  };
}

const nowMs = 1_800_000_000_000;
const ages = fc.array(fc.integer({ min: 0, max: 30 * 86_400_000 }), { minLength: 1, maxLength: 30 });

describe('the time of the oldest record not applied', () => {
  test('is found to a sixteenth of its age, or a quarter of a second, and never shown as older than it is', async () => {
    await fc.assert(
      fc.asyncProperty(ages, fc.nat(), async (someAges, pick) => {
        const times = someAges.map((age) => nowMs - age).sort((left, right) => left - right);
        const offset = pick % times.length;
        const topic = topicOf([times]);
        const found = await findOldestRecords({
          next: new Map([[0, BigInt(offset)]]),
          offsetsFrom: topic.offsetsFrom,
          nowMs,
        });
        const age = nowMs - (times[offset] as number);
        const shown = nowMs - (found.get(0) as number);
        expect(shown).toBeLessThanOrEqual(age);
        expect(age - shown).toBeLessThanOrEqual(Math.max(251, age / 16 + 1));
      }),
    );
  });

  test('takes a topic with many partitions of alike ages a handful of requests', async () => {
    const partitions = Array.from({ length: 64 }, () => [nowMs - 120_000, nowMs - 10]);
    const topic = topicOf(partitions);
    const next = new Map(partitions.map((_times, partition) => [partition, 0n]));
    const found = await findOldestRecords({ next, offsetsFrom: topic.offsetsFrom, nowMs });
    expect(found.size).toBe(64);
    expect(topic.requests()).toBeLessThan(20);
  });
});
