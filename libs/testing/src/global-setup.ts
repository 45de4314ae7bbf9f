import { startSharedEngines } from './shared-engines.js';

/** Jest's global set-up of the tests that need engines. */
export default async function globalSetup(): Promise<void> {
  await startSharedEngines();
}
