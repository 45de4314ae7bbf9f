import { mysql8UnavailableBecause } from '@rowbridge/embedded-stack';
import { playOnce } from '@rowbridge/launcher';
import { faultsOf, startScenarioSystem, type ScenarioSystem } from './scenario-system.js';

const unavailable = mysql8UnavailableBecause();
const describeWithMysql8 =
  unavailable === undefined
    ? (suite: () => void) => describe('with MySQL 8 as the revamp side', suite)
    : (suite: () => void) =>
        describe.skip(`with MySQL 8 as the revamp side (skipped: ${unavailable})`, suite);

describeWithMysql8(() => {
  let running: ScenarioSystem;

  beforeAll(async () => {
    running = await startScenarioSystem({ mysqlFlavor: 'mysql8' });
  });

  afterAll(() => running?.remove());

  test('I4 I6: both databases end equal, twice over the same data; the source column guards where the log has no origin', async () => {
    for (const run of [1, 2]) {
      const played = await playOnce(running.system);
      expect({ run, faults: faultsOf(played) }).toEqual({ run, faults: [] });
      expect(played.report).toMatchObject({
        ok: true,
        echoes: { guard: 'legacy log_origin, revamp source_column', applied: 0 },
      });
    }
  });
});
