import { cacheDirectory } from './artifacts/cache-directory.js';
import { systemLibrariesMissingBecause } from './artifacts/system-libraries.js';
import type { Environment } from './prerequisites.js';

/** Why MySQL 8 cannot be started on this machine, without fetching anything; undefined when it can or may. */
export function mysql8UnavailableBecause(environment: Environment = process.env): string | undefined {
  return systemLibrariesMissingBecause({ cacheDirectory: cacheDirectory(environment), environment });
}
