import { stopSharedEngines } from './shared-engines.js';

/** Jest's global teardown of the tests that need engines. */
export default async function globalTeardown(): Promise<void> {
  await stopSharedEngines();
}
