import type { RunningSystem, ServiceProcess } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { countLetters, openApplications, type Applications } from './bad-input-harness.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';
import { holdingChanges } from './schema-drift-cases.js';
import { holdsNothing, isHeld, recordedDrifts } from './schema-drift-harness.js';

describe('changes of the target that no mapping absorbs', () => {
  let running: ScenarioSystem;
  let system: RunningSystem;
  let applications: Applications;
  let author: string;

  beforeAll(async () => {
    running = await startScenarioSystem();
    ({ system } = running);
    applications = openApplications(system);
    [author] = (await applications.legacyUsers(['author'])) as [string];
    await applications.haveReachedRevamp(['author']);
    // A table that was never written is a mistake of the mapping, not a drift.
    await applications.legacyPost('first of all', author);
    await applications.headlinesInRevamp(1);
  });

  afterAll(() => running?.remove());

  const onRevamp = async (text: string): Promise<readonly unknown[]> => {
    const [rows] = await system.databases.revampPool.query(text);
    return Array.isArray(rows) ? (rows as unknown[]) : [];
  };

  test.each(holdingChanges)(
    'I1 I8: $title holds $table alone, until the statement is run',
    async ({ title, table, change, write, errorCode, statement, hasPatch, arrived }) => {
      const [toRevamp, toLegacy] = system.services as [ServiceProcess, ServiceProcess];
      const lettersBefore = await countLetters(system);
      for (const each of change) await onRevamp(each);
      await system.databases.legacyPool.query(write, [author]);
      const shown = await isHeld(toRevamp, table);
      expect([shown.errorCode, shown.mappingPatch !== null]).toEqual([errorCode, hasPatch]);
      expect(shown.statement).toMatch(statement);
      const open = await waitFor(
        async () => {
          const drifts = await recordedDrifts(system, 'legacy-to-revamp');
          return drifts.find((drift) => drift.is_open);
        },
        { what: 'the drift to be recorded', deadlineMs: 20_000 },
      );
      expect(open).toMatchObject({ table_name: table, statement: shown.statement });
      const other = `beside ${title.replaceAll(/[ ,]+/g, '-')}`;
      await applications.legacyUsers([other]);
      await applications.haveReachedRevamp([other]);
      await onRevamp((shown.statement ?? '').replace(/;$/, ''));
      await waitFor(async () => (await onRevamp(arrived)).length > 0, {
        what: `the write after ${title} to cross`,
        deadlineMs: 60_000,
      });
      await Promise.all([holdsNothing(toRevamp), holdsNothing(toLegacy)]);
      expect(await countLetters(system)).toBe(lettersBefore);
    },
  );
});
