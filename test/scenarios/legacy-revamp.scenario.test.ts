import { playOnce } from '@rowbridge/launcher';
import { faultsOf, startScenarioSystem, type ScenarioSystem } from './scenario-system.js';

describe('two applications at work, both directions running', () => {
  let running: ScenarioSystem;

  beforeAll(async () => {
    running = await startScenarioSystem();
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
    expect(report).toMatchObject({ ok: true, echoes: { guard: 'log_origin', seen: 0, applied: 0 } });
    // Each record ends in exactly one outcome.
    for (const { consumed, outcomes } of report.directions) {
      expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(consumed);
    }
    expect(report.directions.map(({ name, consumed }) => [name, consumed])).toEqual([
      ['legacy-to-revamp', scenario.rowChanges.legacy],
      ['revamp-to-legacy', scenario.rowChanges.revamp],
    ]);
  });
});
