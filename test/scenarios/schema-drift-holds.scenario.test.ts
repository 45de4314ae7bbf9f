import { legacyCapture } from '@rowbridge/connectors';
import { provisionPostgres } from '@rowbridge/database-access';
import type { RunningSystem, ServiceProcess } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { countLetters, openApplications, type Applications } from './bad-input-harness.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';
import { holdingChanges } from './schema-drift-cases.js';
import { sourceChanges, type SourceChange } from './schema-drift-source-cases.js';
import {
  holdsNothing,
  isHeld,
  readAccounts,
  recordedDrifts,
  schemaHealthOf,
} from './schema-drift-harness.js';

type Site = SourceChange['site'];

const crossingUsers = 60;

describe('changes of either site that no mapping absorbs', () => {
  let running: ScenarioSystem;
  let system: RunningSystem;
  let applications: Applications;
  let author: string;
  /** Users a second that cross from either site while no table waits. */
  const usual = new Map<Site, number>();

  beforeAll(async () => {
    running = await startScenarioSystem();
    ({ system } = running);
    applications = openApplications(system);
    [author] = (await applications.legacyUsers(['author'])) as [string];
    await applications.haveReachedRevamp(['author']);
    // A table that was never written is a mistake of the mapping, not a drift.
    await applications.legacyPost('first of all', author);
    await applications.headlinesInRevamp(1);
    for (const site of ['legacy', 'revamp'] as const) {
      await crossingsPerSecond(site, `warm-up of ${site}`);
      usual.set(site, await crossingsPerSecond(site, `usual of ${site}`));
    }
  });

  afterAll(() => running?.remove());

  const rowsAt = async (site: Site, text: string): Promise<readonly unknown[]> => {
    if (site === 'legacy') return (await system.databases.legacyPool.query(text)).rows as unknown[];
    const [rows] = await system.databases.revampPool.query(text);
    return Array.isArray(rows) ? (rows as unknown[]) : [];
  };
  const onRevamp = (text: string): Promise<readonly unknown[]> => rowsAt('revamp', text);

  /** One transaction a user, one after the other, until the last has crossed. */
  async function crossingsPerSecond(site: Site, prefix: string): Promise<number> {
    const names = Array.from({ length: crossingUsers }, (_user, index) => `${prefix} ${index}`);
    const began = performance.now();
    for (const name of names) {
      if (site === 'legacy') await applications.legacyUsers([name]);
      else await applications.revampUsers([name]);
    }
    if (site === 'legacy') await applications.haveReachedRevamp(names);
    else await applications.haveReachedLegacy(names);
    return crossingUsers / ((performance.now() - began) / 1_000);
  }

  /** PostgreSQL's rights, publications and replica identities end with the table: they are given anew, as at first. */
  const provisionLegacy = (): Promise<void> => {
    const { capture, sync, application } = readAccounts(system).legacy;
    return provisionPostgres({
      adminUrl: system.stack.databases.postgres.url,
      database: system.databases.legacy.database,
      schema: legacyCapture.schema,
      tables: legacyCapture.tables,
      schemaFolders: ['legacy/postgres'],
      publication: legacyCapture.publication,
      captureUser: capture,
      syncUser: sync,
      applicationUser: application,
    });
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

  test.each(sourceChanges)(
    'I1 I8: $title at the $site site holds $table alone, until the statement is run',
    async ({ title, site, table, change, write, writeAfter, arrived, ...expected }) => {
      const [toRevamp, toLegacy] = system.services as [ServiceProcess, ServiceProcess];
      const [reader, direction, other] =
        site === 'legacy'
          ? ([toRevamp, 'legacy-to-revamp', 'revamp'] as const)
          : ([toLegacy, 'revamp-to-legacy', 'legacy'] as const);
      const lettersBefore = await countLetters(system);
      await rowsAt(site, change);
      if (write !== null) await rowsAt(site, write);
      const shown = await isHeld(reader, table);
      expect([shown.errorCode, shown.mappingPatch !== null]).toEqual([expected.errorCode, expected.hasPatch]);
      expect([shown.what, shown.statement]).toEqual([
        expect.stringMatching(expected.what),
        expect.stringMatching(expected.statement),
      ]);
      const open = await waitFor(
        async () => (await recordedDrifts(system, direction)).find((drift) => drift.is_open),
        { what: 'the drift to be recorded', deadlineMs: 20_000 },
      );
      expect(open).toMatchObject({ table_name: table, statement: shown.statement });

      const before = usual.get(site) ?? 0;
      const during = await crossingsPerSecond(site, `beside ${title} of ${site}`);
      process.stdout.write(
        `${site}, ${title}: ${before.toFixed(0)} users/s before, ${during.toFixed(0)} while ${table} waited\n`,
      );
      // A tenth tells a table that waits for another from a machine that is busy with other work.
      expect(during).toBeGreaterThan(before / 10);
      expect((await schemaHealthOf(reader)).consumer.heldTables).toHaveLength(1);
      if (write !== null) expect(await rowsAt(other, arrived)).toEqual([]);

      await rowsAt(site, (shown.statement ?? '').replace(/;$/, ''));
      if (site === 'legacy' && expected.errorCode === 'table_missing') await provisionLegacy();
      if (writeAfter !== null) await rowsAt(site, writeAfter);
      await waitFor(async () => (await rowsAt(other, arrived)).length > 0, {
        what: `the write after ${title} to cross`,
        deadlineMs: 60_000,
      });
      await Promise.all([holdsNothing(toRevamp), holdsNothing(toLegacy)]);
      expect(await countLetters(system)).toBe(lettersBefore);
    },
  );
});
