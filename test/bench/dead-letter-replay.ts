import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem } from '@rowbridge/launcher';
import { measureReplay } from './replay-speed.js';

const letters = Number(process.argv[2] ?? 10_000);

/** Replays dead letters, ten thousand unless told otherwise, on a system of its own and prints one JSON object. */
async function main(): Promise<void> {
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
    process.stdout.write(`${JSON.stringify(await measureReplay(system, letters), null, 2)}\n`);
  } finally {
    await system.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

await main();
