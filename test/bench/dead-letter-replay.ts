import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem } from '@rowbridge/launcher';
import { measureReplay, type ReplayFigures } from './replay-speed.js';

/** Replays so many dead letters on a system of its own. */
export async function measureDeadLetterReplay(letters: number): Promise<ReplayFigures> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'rowbridge-bench-'));
  const system = await startSystem({
    dataDirectory,
    mysqlFlavor: 'mariadb',
    ports: 'free',
    fresh: true,
    // The breaker would stop the direction long before so many.
    serviceSettings: { ROWBRIDGE_BREAKER_DEAD_LETTERS: '100000', ROWBRIDGE_BREAKER_OF_LAST: '100000' },
  });
  try {
    return await measureReplay(system, letters);
  } finally {
    await system.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}
