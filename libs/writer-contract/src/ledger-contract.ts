import { FenceLostError } from '@rowbridge/errors';
import type { FenceAdvance } from '@rowbridge/pipeline';
import type { HarnessInUse } from './contract-harness.js';
import { contractDirection } from './contract-pair.js';
import { eventIdAt, fresh, positionAt } from './sample-rows.js';

function advance(topic: string, from: bigint | null, to: bigint): FenceAdvance {
  return {
    topic,
    partition: 3,
    expected: from,
    next: to,
    highWater: { position: positionAt(Number(to)), committedAtMs: 1_700_000_000_000.25 },
    fingerprint: `record before ${to}`,
  };
}

export function describeFence(inUse: HarnessInUse): void {
  describe('the fence', () => {
    it('I1: what was advanced last is read back exactly', async () => {
      const { target } = inUse();
      const topic = `topic${fresh()}`;
      await target.transaction(({ ledger }) => ledger.advance(advance(topic, null, 5n)));
      await target.transaction(({ ledger }) => ledger.advance(advance(topic, 5n, 9_007_199_254_740_993n)));
      const offsets = await target.readAppliedOffsets(contractDirection);
      expect(offsets.get(`${topic}/3`)).toEqual({
        nextOffset: 9_007_199_254_740_993n,
        highWater: {
          position: positionAt(Number(9_007_199_254_740_993n)),
          committedAtMs: 1_700_000_000_000.25,
        },
        fingerprint: 'record before 9007199254740993',
      });
    });

    it.each([
      ['an offset another consumer has passed', 4n],
      ['no offset where there is one', null],
    ])('I2: %s loses the fence and leaves the recorded offset alone', async (_title, expected) => {
      const { target } = inUse();
      const topic = `topic${fresh()}`;
      await target.transaction(({ ledger }) => ledger.advance(advance(topic, null, 5n)));
      const zombie = target.transaction(({ ledger }) => ledger.advance(advance(topic, expected, 6n)));
      await expect(zombie).rejects.toBeInstanceOf(FenceLostError);
      expect((await target.readAppliedOffsets(contractDirection)).get(`${topic}/3`)?.nextOffset).toBe(5n);
    });

    it('I2: an advance from the same offset it came to is possible, so that an empty batch is harmless', async () => {
      const { target } = inUse();
      const topic = `topic${fresh()}`;
      await target.transaction(({ ledger }) => ledger.advance(advance(topic, null, 5n)));
      await target.transaction(({ ledger }) => ledger.advance(advance(topic, 5n, 5n)));
      await target.transaction(({ ledger }) => ledger.advance(advance(topic, 5n, 6n)));
      expect((await target.readAppliedOffsets(contractDirection)).get(`${topic}/3`)?.nextOffset).toBe(6n);
    });

    it.each([
      ['known', 5n],
      ['new', null],
    ])(
      'I2: of two consumers that advance a %s partition at once, exactly one does',
      async (_title, start) => {
        const { target } = inUse();
        const topic = `topic${fresh()}`;
        if (start !== null)
          await target.transaction(({ ledger }) => ledger.advance(advance(topic, null, start)));
        const attempts = [8n, 9n].map((next) =>
          target.transaction(({ ledger }) => ledger.advance(advance(topic, start, next))),
        );
        const outcomes = await Promise.allSettled(attempts);
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        const lost = outcomes.find((outcome) => outcome.status === 'rejected');
        expect(lost?.reason).toBeInstanceOf(FenceLostError);
      },
    );
  });
}

export function describeClaims(inUse: HarnessInUse): void {
  describe('claims', () => {
    it('I2: new ids are answered, known ones are not', async () => {
      const { target } = inUse();
      const [known, other, newcomer] = [0, 1, 2].map(() => eventIdAt(Date.now())) as [string, string, string];
      await target.transaction(({ ledger }) => ledger.claim([known, other]));
      const claimed = await target.transaction(({ ledger }) => ledger.claim([newcomer, known]));
      expect([...claimed]).toEqual([newcomer]);
    });

    it('I2: two claims in one transaction do not answer each other', async () => {
      const { target } = inUse();
      const [known, newcomer] = [eventIdAt(Date.now()), eventIdAt(Date.now())];
      await target.transaction(async ({ ledger }) => {
        expect((await ledger.claim([known])).size).toBe(1);
        expect([...(await ledger.claim([known, newcomer]))]).toEqual([newcomer]);
      });
    });

    it('I2: of two transactions that claim the same ids at once, each id goes to exactly one', async () => {
      const { target } = inUse();
      const eventIds = Array.from({ length: 50 }, () => eventIdAt(Date.now()));
      const [forward, backward] = await Promise.all([
        target.transaction(({ ledger }) => ledger.claim(eventIds)),
        target.transaction(({ ledger }) => ledger.claim([...eventIds].reverse())),
      ]);
      expect([...forward, ...backward].sort()).toEqual([...eventIds].sort());
    });

    it('I2: ids whose claimer failed can be claimed by the one that waited', async () => {
      const { target } = inUse();
      const eventId = eventIdAt(Date.now());
      let waiting: Promise<ReadonlySet<string>> = Promise.resolve(new Set());
      const failing = target.transaction(async ({ ledger }) => {
        await ledger.claim([eventId]);
        waiting = target.transaction(({ ledger: other }) => other.claim([eventId]));
        throw new Error('fails');
      });
      await expect(failing).rejects.toThrow('fails');
      expect([...(await waiting)]).toEqual([eventId]);
    });

    it('claims 2,000 ids at once', async () => {
      const { target } = inUse();
      const eventIds = Array.from({ length: 2_000 }, () => eventIdAt(Date.now()));
      const claimed = await target.transaction(({ ledger }) => ledger.claim(eventIds));
      expect(claimed.size).toBe(2_000);
    });
  });
}

const dayMs = 86_400_000;

export function describeLedgerMaintenance(inUse: HarnessInUse): void {
  describe('ledger maintenance', () => {
    it('I2: ids within the retention stay claimed, older days are dropped, ids of any age can be claimed', async () => {
      const { target, clock } = inUse();
      const startMs = Date.UTC(2031, 4, 10, 12);
      clock.nowMs = startMs;
      const ages = [-400, -2, -0.9, 0, 0.5, 2.5, 500];
      const eventIds = ages.map((days) => eventIdAt(startMs + days * dayMs));
      const claim = (ids: readonly string[]): Promise<ReadonlySet<string>> =>
        target.transaction(({ ledger }) => ledger.claim(ids));

      expect((await claim(eventIds)).size).toBe(ages.length);
      expect((await target.maintainLedger()).partitionsAdded).toBeGreaterThan(3);
      expect(await target.maintainLedger()).toEqual({ partitionsAdded: 0, partitionsDropped: 0 });
      expect((await claim(eventIds.slice(2))).size).toBe(0);

      // Retention is 24 hours: what is 0.9 days old goes within the next two days, what is new stays.
      clock.nowMs = startMs + 1.4 * dayMs;
      const later = await target.maintainLedger();
      expect(later.partitionsDropped).toBeGreaterThan(0);
      expect(later.partitionsAdded).toBeGreaterThan(0);
      expect([...(await claim(eventIds))]).toEqual(expect.arrayContaining(eventIds.slice(0, 3)));
      expect((await claim(eventIds)).size).toBe(0);

      const strangers = [-4_000, 4_000].map((days) => eventIdAt(startMs + days * dayMs));
      expect((await claim(strangers)).size).toBe(2);
    });

    it('two at once are harmless', async () => {
      const { target, clock } = inUse();
      clock.nowMs += 5 * dayMs;
      const outcomes = await Promise.all([target.maintainLedger(), target.maintainLedger()]);
      expect(outcomes.filter(({ partitionsAdded }) => partitionsAdded > 0)).toHaveLength(1);
    });

    it('catches up after a long rest and keeps what is young', async () => {
      const { target, clock } = inUse();
      clock.nowMs += 40 * dayMs;
      const eventId = eventIdAt(clock.nowMs - 0.5 * dayMs);
      await target.transaction(({ ledger }) => ledger.claim([eventId]));
      await target.maintainLedger();
      const claimed = await target.transaction(({ ledger }) => ledger.claim([eventId]));
      expect(claimed.size).toBe(0);
    });
  });
}
