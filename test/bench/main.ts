import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem } from '@rowbridge/launcher';
import type { BenchSide } from './applications.js';
import { measureControlApi } from './control-api.js';
import { measureDeadLetterBlocks } from './dead-letter-blocks.js';
import { measureDeadLetterList } from './dead-letter-list.js';
import { measureDeadLetterReplay } from './dead-letter-replay.js';
import { measureDecoding } from './decode.js';
import { measureBulkTransaction } from './bulk-transaction.js';
import { measureSteadyChanges } from './steady-changes.js';

const decodeSeconds = 3;
const bulkRows = 100_000;
const steady = { changesPerSecond: 200, seconds: 20 };

const controlApi = { requestsPerSecond: 100, seconds: 20, changesPerSecond: 100, streamClients: 1_000 };
const replayedLetters = 10_000;

const sides = ['legacy', 'revamp'] as const;

async function inTurn<Figures>(measure: (from: BenchSide) => Promise<Figures>): Promise<Figures[]> {
  const figures: Figures[] = [];
  for (const from of sides) figures.push(await measure(from));
  return figures;
}

/**
 * Measures decoding and the running system and prints one JSON object; `decode`, `steady`, `bulk` or `control-api` as
 * argument measures that alone. `dead-letters` is measured only when it is named: listing a million of them (in the store
 * at ROWBRIDGE_BENCH_STORE_URL where that is set), how long the API stands still while some or all of a million are
 * replayed and discarded, and replaying ten thousand. `dead-letter-blocks` is the second of these alone. Figures of one
 * run hold for one machine at one time: compare ratios, not seconds.
 */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
  const figures: Record<string, unknown> = {};
  if (isWanted('decode')) figures['decoding'] = await measureDecoding(process.cwd(), decodeSeconds);
  if (['steady', 'bulk', 'control-api'].some(isWanted)) await measureSystem(figures, isWanted);
  if (wanted.includes('dead-letters')) {
    figures['deadLetterList'] = await measureDeadLetterList(process.env['ROWBRIDGE_BENCH_STORE_URL']);
    figures['deadLetterReplay'] = await measureDeadLetterReplay(replayedLetters);
  }
  if (['dead-letters', 'dead-letter-blocks'].some((name) => wanted.includes(name))) {
    figures['deadLetterBlocks'] = await measureDeadLetterBlocks();
  }
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}

async function measureSystem(
  figures: Record<string, unknown>,
  isWanted: (name: string) => boolean,
): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'rowbridge-bench-'));
  const begunAt = performance.now();
  const system = await startSystem({ dataDirectory, mysqlFlavor: 'mariadb', ports: 'free', fresh: true });
  try {
    figures['startSeconds'] = (performance.now() - begunAt) / 1000;
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
    if (isWanted('control-api')) figures['controlApi'] = await measureControlApi(system, controlApi);
  } finally {
    await system.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

await main();
