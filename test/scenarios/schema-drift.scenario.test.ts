import { compareSystem, noteQuietMoment, type RunningSystem, type ServiceProcess } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { countLetters, openApplications, type Applications } from './bad-input-harness.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';
import {
  holdsNothing,
  isHeld,
  recordedDrifts,
  schemaHealthOf,
  showsHeldTables,
  startPatchedService,
  type PatchedService,
} from './schema-drift-harness.js';

describe('schemas that change while both directions run', () => {
  let running: ScenarioSystem;
  let system: RunningSystem;
  let toRevamp: ServiceProcess;
  let toLegacy: ServiceProcess;
  let applications: Applications;
  let author: string;
  const patched: PatchedService[] = [];

  beforeAll(async () => {
    running = await startScenarioSystem({
      serviceSettings: { ROWBRIDGE_KAFKA_SESSION_TIMEOUT_MS: '6000' },
    });
    ({ system } = running);
    [toRevamp, toLegacy] = system.services as [ServiceProcess, ServiceProcess];
    applications = openApplications(system);
    [author] = (await applications.legacyUsers(['author'])) as [string];
    await applications.haveReachedRevamp(['author']);
    await applications.revampUsers(['author-there']);
    await applications.haveReachedLegacy(['author-there']);
  });

  afterAll(async () => {
    await Promise.all(patched.map((service) => service.stop()));
    await running?.remove();
  });

  const onLegacy = (text: string, values: unknown[] = []): Promise<unknown> =>
    system.databases.legacyPool.query(text, values);
  const onRevamp = async (text: string, values: unknown[] = []): Promise<readonly unknown[]> => {
    const [rows] = await system.databases.revampPool.query(text, values);
    return Array.isArray(rows) ? (rows as unknown[]) : [];
  };

  const valueOnRevamp = async (column: string, name: string): Promise<unknown> => {
    const [row] = await onRevamp(`select ${column} as held from revamp_users where user_name = ?`, [name]);
    return (row as { readonly held: unknown } | undefined)?.held;
  };
  const valueOnLegacy = async (column: string, name: string): Promise<unknown> => {
    const { rows } = await system.databases.legacyPool.query(
      `select ${column}::text as held from legacy_users where username = $1`,
      [name],
    );
    return (rows[0] as { readonly held: unknown } | undefined)?.held;
  };

  /** Another table keeps flowing: a post of an author both sides know crosses while users wait. */
  const postCrosses = async (title: string): Promise<void> => {
    await onLegacy('insert into legacy_posts (user_id, title) values ($1, $2)', [author, title]);
    await waitFor(
      async () => (await onRevamp('select id from revamp_posts where headline = ?', [title])).length === 1,
      { what: `the post "${title}" to cross`, deadlineMs: 20_000 },
    );
  };

  test('what the mapping can absorb flows on: added and wider columns, new tables', async () => {
    const lettersBefore = await countLetters(system);
    await onLegacy("alter table legacy_users add column nickname text not null default 'none'");
    await onLegacy('alter table legacy_users alter column full_name type varchar(400)');
    await onLegacy('create table legacy_audit (id bigserial primary key)');
    await onLegacy('alter table legacy_users add column home box, add column absence tstzrange');
    await onLegacy("update legacy_users set home = '((0,0),(1,1))'");
    await onRevamp('alter table revamp_users add column shoe_size int null');
    await applications.legacyUsers(['after-adding']);
    await applications.revampUsers(['after-adding-there']);
    await applications.haveReachedRevamp(['after-adding']);
    await applications.haveReachedLegacy(['after-adding-there']);
    await waitFor(
      async () =>
        (await schemaHealthOf(toRevamp)).consumer.unmappedTables['legacy']?.includes('legacy_audit') === true,
      { what: 'the new table to be shown', deadlineMs: 60_000, intervalMs: 500 },
    );
    for (const service of [toRevamp, toLegacy]) {
      expect((await schemaHealthOf(service)).consumer).toMatchObject({ state: 'running', heldTables: [] });
    }
    expect(await countLetters(system)).toBe(lettersBefore);
  });

  test('I1 I6: a renamed column holds its table in both directions; the statement lets it go on', async () => {
    const lettersBefore = await countLetters(system);
    await onRevamp('alter table revamp_users rename column display_name to shown_name');
    await onLegacy(
      `insert into legacy_users (username, email, full_name) values ('carl', 'carl@example.test', 'Carl C.')`,
    );
    await onRevamp(
      `insert into revamp_users (user_name, email_address, shown_name) values ('dora', 'dora@example.test', 'Dora D.')`,
    );
    const shown = await isHeld(toRevamp, 'users');
    await isHeld(toLegacy, 'users');
    expect(shown).toMatchObject({
      errorCode: 'column_missing',
      what: expect.stringMatching(
        /revamp_db\.revamp_users has no column "display_name".*"shown_name" is new/,
      ),
      statement: 'ALTER TABLE `revamp_db`.`revamp_users` RENAME COLUMN `shown_name` TO `display_name`;',
    });
    await postCrosses('while users wait');
    await showsHeldTables(toRevamp, 1);
    expect(JSON.parse(shown.mappingPatch ?? 'null')).toEqual([
      { op: 'replace', path: '/tables/0/columns/2/names/revamp', value: 'shown_name' },
    ]);
    for (const direction of ['legacy-to-revamp', 'revamp-to-legacy'] as const) {
      expect(await recordedDrifts(system, direction)).toEqual([
        {
          table_name: 'users',
          error_code: 'column_missing',
          statement: shown.statement,
          mapping_patch: shown.mappingPatch,
          is_open: true,
        },
      ]);
    }
    expect(await valueOnRevamp('email_address', 'carl')).toBeUndefined();

    await onRevamp((shown.statement ?? '').replace(/;$/, ''));
    await applications.haveReachedRevamp(['carl']);
    await applications.haveReachedLegacy(['dora']);
    expect(await valueOnRevamp('display_name', 'carl')).toBe('Carl C.');
    expect(await valueOnLegacy('full_name', 'dora')).toBe('Dora D.');
    await Promise.all([holdsNothing(toRevamp), holdsNothing(toLegacy)]);
    expect(await recordedDrifts(system, 'legacy-to-revamp')).toMatchObject([{ is_open: false }]);
    expect(await countLetters(system)).toBe(lettersBefore);
  });

  test('I8: a label the target does not know holds its table, over a restart too, until the target has it', async () => {
    const lettersBefore = await countLetters(system);
    await onLegacy("create type phone_line as enum ('home', 'work')");
    await onLegacy(
      'alter table legacy_users alter column phone_number type phone_line using null::phone_line',
    );
    await onRevamp("alter table revamp_users modify column mobile enum('home') null");
    await onLegacy(
      `insert into legacy_users (username, email, phone_number) values ('erik', 'erik@example.test', 'home')`,
    );
    await applications.haveReachedRevamp(['erik']);
    await onLegacy(
      `insert into legacy_users (username, email, phone_number) values ('frida', 'frida@example.test', 'work')`,
    );
    const shown = await isHeld(toRevamp, 'users');
    expect(shown).toMatchObject({
      errorCode: 'enum_label_missing',
      what: expect.stringContaining('lacks labels that public.legacy_users.phone_number has: work'),
      statement: expect.stringMatching(/MODIFY COLUMN `mobile` enum\('home','work'\)/),
    });
    toRevamp.kill('SIGKILL');
    await waitFor(
      async () => (await schemaHealthOf(toRevamp).catch(() => null))?.consumer.state === 'degraded',
      {
        what: 'the restarted service to hold the table',
        deadlineMs: 60_000,
        intervalMs: 200,
      },
    );
    await isHeld(toRevamp, 'users');
    await postCrosses('while a label is missing');

    await onRevamp((shown.statement ?? '').replace(/;$/, ''));
    await applications.haveReachedRevamp(['frida']);
    expect(await valueOnRevamp('mobile', 'frida')).toBe('work');
    await holdsNothing(toRevamp);
    expect(await countLetters(system)).toBe(lettersBefore);
  });

  test('I8: a wider source column holds its table when a value no longer fits, and not before', async () => {
    const lettersBefore = await countLetters(system);
    const long = 'a'.repeat(300);
    await applications.legacyUsers(['short-name']);
    await applications.haveReachedRevamp(['short-name']);
    await onLegacy('alter table legacy_users alter column username type varchar(500)');
    await applications.legacyUsers(['still-short']);
    await applications.haveReachedRevamp(['still-short']);
    await onLegacy(`insert into legacy_users (username, email) values ($1, 'long@example.test')`, [long]);
    const { statement, errorCode } = await isHeld(toRevamp, 'users');
    expect([errorCode, statement]).toEqual([
      'schema_incompatible',
      expect.stringMatching(/MODIFY COLUMN `user_name` varchar\(500\) .*not null/i),
    ]);
    await onRevamp((statement ?? '').replace(/;$/, ''));
    await applications.haveReachedRevamp([long]);
    await holdsNothing(toRevamp);
    expect(await countLetters(system)).toBe(lettersBefore);
  });

  test('I6: both sides are equal, value by value', async () => {
    await noteQuietMoment(system, { deadlineMs: 60_000 });
    const { equal, tables } = await compareSystem(system);
    expect(tables.flatMap(({ differences }) => differences)).toEqual([]);
    expect(equal).toBe(true);
  });

  test('I1: the recorded mapping patch, deployed, lets the table go on where it stopped', async () => {
    const lettersBefore = await countLetters(system);
    await onLegacy('alter table legacy_users rename column full_name to complete_name');
    await onLegacy(
      `insert into legacy_users (username, email, complete_name) values ('gerd', 'gerd@example.test', 'Gerd G.')`,
    );
    await onRevamp(
      `insert into revamp_users (user_name, email_address, display_name) values ('hilda', 'hilda@example.test', 'Hilda H.')`,
    );
    const { mappingPatch } = await isHeld(toRevamp, 'users');
    await isHeld(toLegacy, 'users');
    await postCrosses('before the deployment');
    const [recorded] = (await recordedDrifts(system, 'revamp-to-legacy')).filter((drift) => drift.is_open);
    expect(recorded?.mapping_patch).toBe(mappingPatch);

    await Promise.all([toRevamp.stop(), toLegacy.stop()]);
    for (const sourceSide of ['legacy', 'revamp'] as const) {
      patched.push(await startPatchedService(system, { sourceSide, patch: mappingPatch ?? '[]' }));
    }
    await applications.haveReachedRevamp(['gerd']);
    await applications.haveReachedLegacy(['hilda']);
    expect(await valueOnRevamp('display_name', 'gerd')).toBe('Gerd G.');
    expect(await valueOnLegacy('complete_name', 'hilda')).toBe('Hilda H.');
    await onLegacy(
      "update legacy_users set complete_name = 'Hilda', updated_at = clock_timestamp() where username = 'hilda'",
    );
    await waitFor(async () => (await valueOnRevamp('display_name', 'hilda')) === 'Hilda', {
      what: 'an edit of the renamed column to cross',
      deadlineMs: 30_000,
    });
    for (const service of patched) await holdsNothing(service);
    for (const direction of ['legacy-to-revamp', 'revamp-to-legacy'] as const) {
      const drifts = await recordedDrifts(system, direction);
      expect(drifts.filter((drift) => drift.is_open)).toEqual([]);
    }
    expect(await countLetters(system)).toBe(lettersBefore);
  });
});
