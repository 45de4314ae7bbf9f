import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem } from '@rowbridge/launcher';
import type { BenchSide } from './applications.js';
import { measureBulkTransaction } from './bulk-transaction.js';
import { measureSteadyChanges } from './steady-changes.js';

const bulkRows = 100_000;
const steady = { changesPerSecond: 200, seconds: 20 };

const sides = ['legacy', 'revamp'] as const;

async function inTurn<Figures>(measure: (from: BenchSide) => Promise<Figures>): Promise<Figures[]> {
  const figures: Figures[] = [];
  for (const from of sides) figures.push(await measure(from));
  return figures;
}

/**
 * Measures the running system and prints one JSON object; `steady` or `bulk` as argument measures that alone. Figures of one run hold for one machine at one time: compare
 * ratios, not seconds.
 */
async function main(): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'rowbridge-bench-'));
  const begunAt = performance.now();
  const system = await startSystem({ dataDirectory, mysqlFlavor: 'mariadb', ports: 'free', fresh: true });
  try {
    const startSeconds = (performance.now() - begunAt) / 1000;
    const wanted = process.argv.slice(2);
    const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
    const figures: Record<string, unknown> = { startSeconds };
    if (isWanted('steady')) {
      // The engines' compilers need some seconds of work before their figures mean anything.
      for (const from of sides) await measureSteadyChanges(system, { ...steady, from });
      figures['steadyChanges'] = await inTurn((from) => measureSteadyChanges(system, { ...steady, from }));
    }
    if (isWanted('bulk')) {
      figures['bulkTransactions'] = await inTurn((from) =>
        measureBulkTransaction(system, { rows: bulkRows, from }),
      );
    }
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  } finally {
    await system.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

await main();
