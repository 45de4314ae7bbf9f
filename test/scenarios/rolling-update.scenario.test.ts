import { compareSystem, noteQuietMoment, type ServiceProcess } from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { startExtraInstance } from './extra-instance.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';
import { VersionedRows } from './versioned-rows.js';

const rounds = 3;

describe('services rolled to a new version while applications write', () => {
  let running: ScenarioSystem;
  let rows: VersionedRows;

  beforeAll(async () => {
    running = await startScenarioSystem();
    rows = await VersionedRows.prepare(running.system.databases);
  });

  afterAll(() => running?.remove());

  test('I1 I3 I7: a rolling update of two replicas loses nothing and keeps the order of each key', async () => {
    const { system } = running;
    await noteQuietMoment(system, { deadlineMs: 60_000 });
    const before = await noteQuietMoment(system, { deadlineMs: 60_000 });
    const load = rows.writeUntilStopped();
    for (let round = 1; round <= rounds; round += 1) {
      await Promise.all(system.services.map((service) => roll(service, () => rows.versionsWritten)));
    }
    await load.stop();

    const after = await noteQuietMoment(system, { deadlineMs: 120_000 });
    const comparison = await compareSystem(system);
    expect(comparison.tables.flatMap(({ differences }) => differences)).toEqual([]);
    expect(after.deadLetters).toBe(before.deadLetters);
    expect(system.services.map(({ restarts }) => restarts)).toEqual([rounds, rounds]);
    for (const side of ['legacy', 'revamp'] as const) {
      const histories = await rows.arrivedAt(side);
      expect(histories.size).toBe(rows.keysOfEachSide);
      for (const [key, versions] of histories) {
        expect([side, key, versions]).toEqual([side, key, [...versions].sort((left, right) => left - right)]);
        expect([side, key, versions.at(-1)]).toEqual([side, key, rows.lastVersionOf(side, key)]);
      }
    }
  });
});

/**
 * One rolling update of a service with two replicas, as Kubernetes does it: a new instance is ready before an old one is
 * asked to end. The load goes on between the steps.
 */
async function roll(service: ServiceProcess, written: () => number): Promise<void> {
  const moreIsWritten = async (): Promise<void> => {
    const soFar = written();
    await waitFor(() => written() > soFar + 50, { what: 'the load to go on', deadlineMs: 60_000 });
  };
  const surge = await startExtraInstance(service);
  try {
    await moreIsWritten();
    const ended = service.processId;
    service.kill('SIGTERM');
    await waitFor(() => service.processId !== undefined && service.processId !== ended, {
      what: `${service.name} to be replaced`,
      deadlineMs: 60_000,
    });
    await service.waitUntilReady();
    await moreIsWritten();
  } finally {
    expect(await surge.endAsAsked()).toBe(0);
  }
  await moreIsWritten();
}
