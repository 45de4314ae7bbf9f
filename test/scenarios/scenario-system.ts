import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem, type PlayedRun, type RunningSystem, type SystemOptions } from '@rowbridge/launcher';

/** A whole system over a data directory of its own, on free ports, with what it takes to remove it. */
export interface ScenarioSystem {
  readonly system: RunningSystem;
  remove(): Promise<void>;
}

/** Starts the real engines, capture and both services; the services' logs are part of the failure when they do not come up. */
export async function startScenarioSystem(
  options: Partial<
    Pick<SystemOptions, 'guard' | 'mysqlFlavor' | 'serviceSettings' | 'controlApiSettings'>
  > = {},
): Promise<ScenarioSystem> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'rowbridge-scenario-'));
  // Database servers drop to an unprivileged user when the tests run as root; they must be able to pass through.
  chmodSync(dataDirectory, 0o755);
  const removeData = (): void => rmSync(dataDirectory, { recursive: true, force: true });
  try {
    const system = await startSystem({ mysqlFlavor: 'mariadb', ...options, dataDirectory, ports: 'free' });
    return {
      system,
      async remove() {
        await system.stop();
        removeData();
      },
    };
  } catch (failure) {
    removeData();
    throw failure;
  }
}

/** What went wrong in a run, by name and key; empty when nothing did. The first thing to look at when a test fails. */
export function faultsOf({ scenario, comparison }: PlayedRun): readonly string[] {
  return [
    ...scenario.chapters.flatMap(({ name, failure }) => (failure === null ? [] : [`${name}: ${failure}`])),
    ...comparison.tables.flatMap(({ differences }) =>
      differences.map((difference) => JSON.stringify(difference)),
    ),
  ];
}
