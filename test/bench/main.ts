import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem } from '@rowbridge/launcher';
import { measureBulkTransaction } from './bulk-transaction.js';
import { measureSteadyChanges } from './steady-changes.js';

const bulkRows = 100_000;
const steady = { changesPerSecond: 200, seconds: 20 };

/**
 * Measures the running system and prints one JSON object. Figures of one run hold for one machine at one time: compare
 * ratios, not seconds.
 */
async function main(): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'rowbridge-bench-'));
  const begunAt = performance.now();
  const system = await startSystem({ dataDirectory, mysqlFlavor: 'mariadb', ports: 'free', fresh: true });
  try {
    const startSeconds = (performance.now() - begunAt) / 1000;
    const steadyChanges = [
      await measureSteadyChanges(system, { ...steady, from: 'legacy' }),
      await measureSteadyChanges(system, { ...steady, from: 'revamp' }),
    ];
    const bulkTransactions = [
      await measureBulkTransaction(system, { rows: bulkRows, from: 'legacy' }),
      await measureBulkTransaction(system, { rows: bulkRows, from: 'revamp' }),
    ];
    process.stdout.write(`${JSON.stringify({ startSeconds, steadyChanges, bulkTransactions }, null, 2)}\n`);
  } finally {
    await system.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

await main();
