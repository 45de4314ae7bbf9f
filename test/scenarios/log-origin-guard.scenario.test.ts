import { playOnce } from '@rowbridge/launcher';
import { faultsOf, startScenarioSystem, type ScenarioSystem } from './scenario-system.js';

describe('the log origin as the only guard against loops', () => {
  let running: ScenarioSystem;

  beforeAll(async () => {
    running = await startScenarioSystem({
      guard: 'log_origin',
      serviceSettings: { ROWBRIDGE_GUARDS_SOURCE_COLUMN: 'off' },
    });
  });

  afterAll(() => running?.remove());

  test('I4: no sync write comes back, though no row carries a stamp', async () => {
    const played = await playOnce(running.system);
    expect(faultsOf(played)).toEqual([]);
    const { report, scenario } = played;
    expect(report).toMatchObject({ ok: true, echoes: { guard: 'log_origin', applied: 0 } });
    expect(
      report.directions.map(({ name, consumed, outcomes }) => [name, consumed - (outcomes['echo'] ?? 0)]),
    ).toEqual([
      ['legacy-to-revamp', scenario.rowChanges.legacy],
      ['revamp-to-legacy', scenario.rowChanges.revamp],
    ]);
    // PostgreSQL leaves them out; MariaDB's log says of each whose it is.
    expect(report.directions.map(({ outcomes }) => (outcomes['echo'] ?? 0) > 0)).toEqual([false, true]);
    expect(await stampedRows(running)).toEqual({ legacy: 0, revamp: 0 });
  });
});

/** Users with anything in `sync_source`, by side. */
async function stampedRows({ system }: ScenarioSystem): Promise<{ legacy: number; revamp: number }> {
  const { legacyPool, revampPool } = system.databases;
  const legacy = await legacyPool.query<{ stamped: string }>(
    'select count(*) as stamped from legacy_users where sync_source is not null',
  );
  const [revamp] = await revampPool.query(
    'select count(*) as stamped from revamp_users where sync_source is not null',
  );
  return {
    legacy: Number(legacy.rows[0]?.stamped),
    revamp: Number((revamp as { stamped: string }[])[0]?.stamped),
  };
}
