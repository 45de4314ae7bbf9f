import {
  compareSystem,
  noteQuietMoment,
  runScenario,
  type RunningSystem,
  type ScenarioOutcome,
  type ServiceProcess,
} from '@rowbridge/launcher';
import { waitFor } from '@rowbridge/testing';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';

const killsOfEach = 10;

describe('services killed with -9 while two applications are at work', () => {
  let running: ScenarioSystem;

  beforeAll(async () => {
    // The least Kafka allows: a killed member's partitions wait this long for it.
    running = await startScenarioSystem({ serviceSettings: { ROWBRIDGE_KAFKA_SESSION_TIMEOUT_MS: '6000' } });
  });

  afterAll(() => running?.remove());

  test('I1 I2: either service killed ten times changes nothing in the final comparison', async () => {
    const { system } = running;
    const before = await noteQuietMoment(system, { deadlineMs: 60_000 });
    let isKilling = true;
    const killing = Promise.all(system.services.map((service) => killAgainAndAgain(system, service))).finally(
      () => {
        isKilling = false;
      },
    );
    const outcomes: ScenarioOutcome[] = [];
    do {
      outcomes.push(await play(system));
    } while (isKilling);
    await killing;

    const after = await noteQuietMoment(system, { deadlineMs: 120_000 });
    const comparison = await compareSystem(system);
    expect(outcomes.flatMap(({ chapters }) => chapters.flatMap(({ failure }) => failure ?? []))).toEqual([]);
    expect(comparison.tables.flatMap(({ differences }) => differences)).toEqual([]);
    expect(comparison.equal).toBe(true);
    expect(system.services.map(({ restarts }) => restarts)).toEqual([killsOfEach, killsOfEach]);
    expect(after.deadLetters).toBe(before.deadLetters);
    const changes = outcomes.reduce((sum, { rowChanges }) => sum + rowChanges.legacy, 0);
    // PostgreSQL leaves out what has an origin: legacy's topics hold what its application did and nothing else.
    expect(consumed(after.quiescence.topicEnds) - consumed(before.quiescence.topicEnds)).toBe(
      BigInt(changes),
    );
  });
});

function play({ databases }: RunningSystem): Promise<ScenarioOutcome> {
  return runScenario({
    legacyUrl: databases.legacy.applicationUrl,
    revampUrl: databases.revamp.applicationUrl,
    deadlineMs: 240_000,
  });
}

/** Kills a service each time it has begun to work again. */
async function killAgainAndAgain(system: RunningSystem, service: ServiceProcess): Promise<void> {
  for (let kill = 1; kill <= killsOfEach; kill += 1) {
    await waitFor(() => hasWorked(system, service), {
      what: `${service.name} to consume before kill ${kill}`,
      deadlineMs: 120_000,
      intervalMs: 100,
    });
    const killed = service.processId;
    service.kill('SIGKILL');
    await waitFor(() => service.processId !== undefined && service.processId !== killed, {
      what: `${service.name} to be started again after kill ${kill}`,
      deadlineMs: 60_000,
    });
  }
  await service.waitUntilReady();
}

/** Whether the process that runs now has settled a record: its counters begin at zero. */
async function hasWorked(_system: RunningSystem, service: ServiceProcess): Promise<boolean> {
  const answer = await fetch(`${service.url}/metrics`);
  return /^sync_events_total\{[^}]*\} [1-9]/m.test(await answer.text());
}

function consumed(topicEnds: ReadonlyMap<string, bigint>): bigint {
  return [...topicEnds].reduce((sum, [topic, end]) => (topic.startsWith('legacy.') ? sum + end : sum), 0n);
}
