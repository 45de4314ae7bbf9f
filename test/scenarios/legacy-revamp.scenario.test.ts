import { playOnce } from '@rowbridge/launcher';
import { conflictDetailSchema, conflictListSchema, type Conflict } from '@rowbridge/control-protocol';
import { faultsOf, startScenarioSystem, type ScenarioSystem } from './scenario-system.js';

/** May not see personal data. */
const readerToken = 'reader-of-conflicts-0001';

describe('two applications at work, both directions running', () => {
  let running: ScenarioSystem;

  beforeAll(async () => {
    running = await startScenarioSystem({
      controlApiSettings: { ROWBRIDGE_TOKENS: `reader read ${readerToken}` },
    });
  });

  afterAll(() => running?.remove());

  test('I5 I6: every change crosses and both databases end equal, value by value', async () => {
    const played = await playOnce(running.system);
    expect(faultsOf(played)).toEqual([]);
    const { report } = played;
    expect(
      report.tables.map(({ name, equal, sourceRows, targetRows }) => [
        name,
        equal,
        sourceRows === targetRows,
      ]),
    ).toEqual([
      ['users', true, true],
      ['posts', true, true],
      ['likes', true, true],
    ]);
    expect(report).toMatchObject({ ok: true, secondLooks: { open: 0 }, deadLetters: 0 });
    expect(report.conflicts).toBeGreaterThan(0);
  });

  test('I4: the same over the data of the first run, and no sync write ever comes back', async () => {
    const played = await playOnce(running.system);
    expect(faultsOf(played)).toEqual([]);
    const { report, scenario } = played;
    expect(report).toMatchObject({ ok: true, echoes: { guard: 'log_origin', applied: 0 } });
    // Each record ends in exactly one outcome.
    for (const { consumed, outcomes } of report.directions) {
      expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(consumed);
    }
    expect(
      report.directions.map(({ name, consumed, outcomes }) => [name, consumed - (outcomes['echo'] ?? 0)]),
    ).toEqual([
      ['legacy-to-revamp', scenario.rowChanges.legacy],
      ['revamp-to-legacy', scenario.rowChanges.revamp],
    ]);
  });

  test('each edit that lost is in the control API once, page by page, and its row without personal data', async () => {
    const listed: Conflict[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = conflictListSchema.parse(await ask(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`));
      listed.push(...page.items);
      cursor = page.nextCursor;
    }
    const played = await playOnce(running.system);
    const { items } = conflictListSchema.parse(await ask('?limit=500'));
    expect(new Set(listed.map(({ id }) => id)).size).toBe(listed.length);
    expect(listed.length).toBeGreaterThan(2);
    expect(items.length).toBe(listed.length + played.report.conflicts);
    expect(items.map(({ detectedAt }) => detectedAt)).toEqual(
      items
        .map(({ detectedAt }) => detectedAt)
        .sort()
        .reverse(),
    );

    const ofUsers = items.find(({ table, type }) => table === 'users' && type === 'update_origin_differs');
    const users = conflictListSchema.parse(await ask(`?table=users&type=update_origin_differs`)).items;
    expect(users).toContainEqual(ofUsers);
    expect(users.every(({ table, type }) => table === 'users' && type === 'update_origin_differs')).toBe(
      true,
    );
    const detail = conflictDetailSchema.parse(await ask(`/${ofUsers?.id}`));
    expect(detail.masked.length).toBeGreaterThan(0);
    for (const column of detail.masked) {
      for (const row of [detail.sourceRow, detail.targetRow]) {
        expect([undefined, null, '[masked]']).toContain(row?.[column]);
      }
    }
    expect(JSON.stringify(detail)).not.toContain('@');
    expect(detail.differing.length).toBeGreaterThan(0);
  });

  async function ask(path: string): Promise<unknown> {
    const { url } = running.system.controlApi;
    const answer = await fetch(`${url}/api/v1/conflicts${path}`, {
      headers: { authorization: `Bearer ${readerToken}` },
    });
    if (!answer.ok) throw new Error(`the control API answered ${answer.status}`);
    return answer.json();
  }
});
