import type { ConflictRecord, LookEntry, NewLook } from '@rowbridge/pipeline';
import type { HarnessInUse } from './contract-harness.js';
import { contractDirection, notes, people } from './contract-pair.js';
import { doubt, fresh } from './sample-rows.js';

export function describeLooks(inUse: HarnessInUse): void {
  const list = (...entries: NewLook[]): Promise<void> =>
    inUse().target.transaction(({ looks }) => looks.list(people, entries));
  const take = (nowMs: number, limit = 100): Promise<readonly LookEntry[]> =>
    inUse().target.transaction(({ looks }) => looks.takeDue(people, { nowMs, limit }));
  const closeAll = async (): Promise<void> => {
    const { target } = inUse();
    await target.transaction(async ({ looks }) => {
      for (const table of [people, notes]) {
        const all = await looks.takeDue(table, { nowMs: Number.MAX_SAFE_INTEGER, limit: 10_000 });
        await looks.close(
          table,
          all.map(({ key }) => key),
        );
      }
    });
  };

  describe('second looks', () => {
    beforeEach(closeAll);

    it('I6: a listed key is taken when due, oldest first, with all that was listed', async () => {
      const { clock } = inUse();
      clock.nowMs = 5_000;
      const late = doubt(`key ${fresh()}`, { dueAtMs: 300, reason: 'missing_parent', blocked: true });
      const early = doubt(`key ${fresh()}`, { dueAtMs: 200, targetDigest: 'digest' });
      const future = doubt(`key ${fresh()}`, { dueAtMs: 301 });
      await list(late, early, future);
      const listed = { phase: 'listed', noted: null, attempts: 0, firstSeenMs: 5_000 };
      expect(await take(300)).toEqual([
        { ...early, ...listed },
        { ...late, ...listed },
      ]);
      expect(await take(300, 1)).toMatchObject([{ key: early.key }]);
      expect(await take(199)).toEqual([]);
    });

    it('I7: entries are held until the transaction ends, and those of other keys and tables are not', async () => {
      const { target } = inUse();
      const [held, other, unlisted] = [`key ${fresh()}`, `key ${fresh()}`, `key ${fresh()}`];
      await list(doubt(held, { dueAtMs: 100 }), doubt(other, { dueAtMs: 100 }));
      await target.transaction(async ({ looks }) => {
        expect(await looks.hold(people, [unlisted, held])).toEqual(new Set([held]));
        expect(await looks.hold(notes, [held])).toEqual(new Set());
        expect(await take(100)).toMatchObject([{ key: other }]);
      });
      expect(await take(100)).toHaveLength(2);
    });

    it('I7: a key listed again is due at once', async () => {
      const { clock } = inUse();
      const key = `key ${fresh()}`;
      clock.nowMs = 1_000;
      await list(doubt(key, { dueAtMs: 90_000 }));
      clock.nowMs = 2_000;
      await list(doubt(key, { dueAtMs: 95_000 }));
      expect(await take(2_000)).toMatchObject([{ key, dueAtMs: 2_000, firstSeenMs: 1_000 }]);
    });

    it.each([
      ['blocked and blocked stays blocked', [true, true], { blocked: true, reason: 'missing_parent' }],
      ['blocked and doubtful is doubtful', [true, false], { blocked: false, reason: 'stamp_mismatch' }],
      ['doubtful and blocked is doubtful', [false, true], { blocked: false, reason: 'missing_parent' }],
    ])('%s', async (_title, [first = false, second = false], expected) => {
      const key = `key ${fresh()}`;
      await list(doubt(key, { blocked: first, reason: 'missing_parent', targetDigest: 'then' }));
      await list(doubt(key, { blocked: second, reason: 'stamp_mismatch', targetDigest: 'now' }));
      expect(await take(0)).toMatchObject([{ key, targetDigest: 'then', ...expected }]);
    });

    it('an entry being looked at is passed over by others', async () => {
      const { target } = inUse();
      const keys = [fresh(), fresh(), fresh()].map((number) => `key ${number}`);
      await list(...keys.map((key, index) => doubt(key, { dueAtMs: index })));
      await target.transaction(async ({ looks }) => {
        expect(await looks.takeDue(people, { nowMs: 10, limit: 2 })).toHaveLength(2);
        expect(await take(10)).toMatchObject([{ key: keys[2] }]);
      });
    });

    it('what is saved comes back; what is closed does not', async () => {
      const { target } = inUse();
      const [saved, closed] = [`key ${fresh()}`, `key ${fresh()}`];
      await list(doubt(saved), doubt(closed));
      const noted = JSON.stringify({ text: `quote ' \\ 😀`, position: 'x' });
      await target.transaction(async ({ looks }) => {
        const entries = await looks.takeDue(people, { nowMs: 0, limit: 10 });
        const entry = entries.find(({ key }) => key === saved) as LookEntry;
        await looks.save(people, [
          { ...entry, phase: 'noted', noted, attempts: 3, dueAtMs: 50, targetDigest: 'new' },
        ]);
        await looks.close(people, [closed]);
      });
      expect(await take(49)).toEqual([]);
      expect(await take(50)).toMatchObject([
        { key: saved, phase: 'noted', noted, attempts: 3, dueAtMs: 50, targetDigest: 'new' },
      ]);
    });

    it('entries of one table are not another’s', async () => {
      const { target } = inUse();
      const key = `key ${fresh()}`;
      await list(doubt(key));
      const others = await target.transaction(({ looks }) => looks.takeDue(notes, { nowMs: 0, limit: 10 }));
      expect(others).toEqual([]);
    });

    it('the summary counts by reason and tells the stuck from the open conflicts', async () => {
      const { target, clock } = inUse();
      clock.nowMs = 1_000;
      const [stuck, open, young] = [fresh(), fresh(), fresh()].map((number) => `key ${number}`) as [
        string,
        string,
        string,
      ];
      await list(doubt(stuck, { reason: 'missing_parent' }), doubt(open));
      await target.transaction(async ({ looks }) => {
        const entry = (await looks.takeDue(people, { nowMs: 0, limit: 10 })).find(({ key }) => key === open);
        await looks.save(people, [{ ...(entry as LookEntry), phase: 'open_conflict' }]);
      });
      clock.nowMs = 1_000 + 3_600_000;
      await list(doubt(young));
      expect(await target.lookSummary(contractDirection)).toEqual({
        byReason: new Map([
          ['missing_parent', 1],
          ['update_origin_differs', 2],
        ]),
        oldestByTable: new Map([['people', 1_000]]),
        countByTable: new Map([['people', 3]]),
        oldestFirstSeenMs: 1_000,
        stuckByReason: new Map([['missing_parent', 1]]),
      });
    });
  });
}

export function describeConflictsAndDrift(inUse: HarnessInUse): void {
  describe('conflicts and schema drift', () => {
    it('I6: a lost edit is recorded once, whatever its values', async () => {
      const { target, execute } = inUse();
      const identifier = `conflict${fresh()}`;
      const conflict: ConflictRecord = {
        id: identifier,
        pair: 'contract',
        entity: 'person',
        direction: contractDirection,
        sourceKey: '1',
        targetKey: null,
        type: 'update_origin_differs',
        resolution: 'source_priority',
        winningSide: 'origin',
        sourceRow: { full_name: `O'Brien "x" \\ 😀 \u0000`, balance: '9223372036854775807', nickname: null },
        targetRow: null,
        generation: 4,
      };
      const record = (conflicts: readonly ConflictRecord[]): Promise<void> =>
        target.transaction(({ conflicts: log }) => log.record(conflicts));
      await record([conflict]);
      await record([
        { ...conflict, resolution: 'manual' },
        { ...conflict, id: `${identifier} other` },
      ]);
      const stored = await execute(
        `select resolution, source_row, target_row, generation from rowbridge.conflicts
         where conflict_id like '${identifier}%' order by conflict_id`,
      );
      expect(stored).toHaveLength(2);
      expect(stored[0]).toMatchObject({ resolution: 'source_priority', target_row: null, generation: '4' });
      expect(JSON.parse(stored[0]?.['source_row'] as string)).toEqual(conflict.sourceRow);
    });

    it('a drift is refreshed while open, and begins anew after it was resolved', async () => {
      const { target, execute } = inUse();
      const table = `table${fresh()}`;
      const drift = {
        table,
        errorCode: 'column_missing',
        column: 'mood',
        what: 'no column "mood"',
        statement: `ALTER TABLE x ADD COLUMN "mood" text DEFAULT 'it''s';`,
        mappingPatch: null,
      };
      const select = `select what, resolved_at is null as still_open from rowbridge.schema_drift where table_name = '${table}'`;
      const stillOpen = async (): Promise<unknown> =>
        (await target.openSchemaDrifts()).filter((open) => open.table === table);
      await target.recordSchemaDrift(drift);
      await target.recordSchemaDrift({ ...drift, what: 'no column "tone"', mappingPatch: '[]' });
      expect(await execute(select)).toMatchObject([{ what: 'no column "tone"' }]);
      expect(await stillOpen()).toEqual([
        { ...drift, what: 'no column "tone"', mappingPatch: '[]', firstSeenMs: expect.any(Number) as number },
      ]);
      await target.resolveSchemaDrift(table);
      expect(await stillOpen()).toEqual([]);
      const [resolved] = await execute(select);
      await target.recordSchemaDrift(drift);
      const [reopened] = await execute(select);
      expect(reopened?.['still_open']).not.toBe(resolved?.['still_open']);
    });
  });
}
