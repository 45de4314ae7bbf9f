import { playOnce } from '@rowbridge/launcher';
import { faultsOf, startScenarioSystem, type ScenarioSystem } from './scenario-system.js';

describe('the source column as the only guard against loops', () => {
  let running: ScenarioSystem;

  beforeAll(async () => {
    running = await startScenarioSystem({ guard: 'source_column' });
  });

  afterAll(() => running?.remove());

  test('I4: sync writes come back in the log, and none has an effect', async () => {
    const played = await playOnce(running.system);
    expect(faultsOf(played)).toEqual([]);
    const { report } = played;
    expect(report).toMatchObject({ ok: true, echoes: { guard: 'source_column', applied: 0 } });
    expect(report.echoes.seen).toBeGreaterThan(100);
  });

  test('the same over the data of the first run', async () => {
    const played = await playOnce(running.system);
    expect(faultsOf(played)).toEqual([]);
    expect(played.report.ok).toBe(true);
  });
});
