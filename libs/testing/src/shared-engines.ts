import { createEngineProvider, type EngineProvider } from './engine-provider.js';

/** The engines started once per test run. */
export type SharedEngine = 'postgres' | 'mariadb';

const urlVariables: Readonly<Record<SharedEngine, string>> = {
  postgres: 'ROWBRIDGE_TEST_POSTGRES_URL',
  mariadb: 'ROWBRIDGE_TEST_MARIADB_URL',
};
const unavailableVariable = 'ROWBRIDGE_TEST_ENGINES_UNAVAILABLE';

let provider: EngineProvider | undefined;

/**
 * Starts PostgreSQL 18 and MariaDB side by side and publishes their superuser urls to the test workers through
 * environment variables. Where the provider has no engines, publishes the reason instead.
 */
export async function startSharedEngines(): Promise<void> {
  const chosen = createEngineProvider();
  provider = chosen;
  const reason = await chosen.unavailableBecause();
  if (reason !== undefined) {
    process.env[unavailableVariable] = `${chosen.name}: ${reason}`;
    return;
  }
  try {
    const [postgres, mariadb] = await Promise.all([chosen.postgres(), chosen.mysql({ flavor: 'mariadb' })]);
    process.env[urlVariables.postgres] = postgres.url;
    process.env[urlVariables.mariadb] = mariadb.url;
  } catch (failure) {
    await stopSharedEngines();
    throw failure;
  }
}

/** Stops what `startSharedEngines` started in this process and removes its data. */
export async function stopSharedEngines(): Promise<void> {
  const running = provider;
  provider = undefined;
  for (const name of [...Object.values(urlVariables), unavailableVariable]) delete process.env[name];
  await running?.stop();
}

/**
 * The superuser url of an engine of this test run.
 * @throws Error when the run has none, with the reason
 */
export function sharedEngineUrl(engine: SharedEngine): string {
  const url = process.env[urlVariables[engine]];
  if (url !== undefined) return url;
  const reason =
    enginesUnavailableBecause() ??
    `${urlVariables[engine]} is not set: run the tests through Jest's engine project`;
  throw new Error(`no ${engine} for this test run: ${reason}`);
}

/** Why this test run has no engines; undefined when it has. */
export function enginesUnavailableBecause(): string | undefined {
  return process.env[unavailableVariable];
}

/**
 * `describe` for a suite that needs engines: where the chosen provider has none, the suite is skipped under its own
 * name with the reason.
 */
export function describeWithEngines(name: string, suite: () => void): void {
  const reason = enginesUnavailableBecause();
  if (reason === undefined) describe(name, suite);
  else describe.skip(`${name} (skipped, ${reason})`, suite);
}
