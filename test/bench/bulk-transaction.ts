import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '@rowbridge/launcher';
import { nextInstant, openApplication, type BenchSide } from './applications.js';
import { ProcessorTime } from './processor-time.js';
import { ResidentMemory } from './resident-memory.js';

export interface BulkFigures {
  readonly from: BenchSide;
  readonly rows: number;
  /** Source commit until all rows lie in Kafka, with both services stopped. */
  readonly captureAloneSeconds: number;
  /** The same with the services at work beside it. */
  readonly captureSeconds: number;
  /** Source commit until the target's last commit. */
  readonly totalSeconds: number;
  readonly totalOverCaptureAlone: number;
  /** Processor time from the source's commit to the target's last, seconds by program. */
  readonly processorSeconds: Readonly<Record<string, number>>;
  readonly peakResidentMegabytes: Readonly<Record<string, number>>;
}

const deadlineMs = 300_000;
/** Each look costs both the broker and the target a little of what is measured. */
const pollMs = 50;

/**
 * Rows inserted by an application in one transaction, until the other side has committed the last of them; before that
 * as many rows with the services stopped, to see what the connector alone needs.
 */
export async function measureBulkTransaction(
  system: RunningSystem,
  options: { readonly rows: number; readonly from: BenchSide },
): Promise<BulkFigures> {
  for (const { processId } of system.services) signal(processId, 'SIGSTOP');
  const alone = await measureTransaction(system, {
    ...options,
    captured: () => system.services.forEach(({ processId }) => signal(processId, 'SIGCONT')),
  });
  const together = await measureTransaction(system, options);
  return {
    from: options.from,
    rows: options.rows,
    captureAloneSeconds: alone.captureSeconds,
    ...together,
    totalOverCaptureAlone: together.totalSeconds / alone.captureSeconds,
  };
}

function signal(processId: number | undefined, name: NodeJS.Signals): void {
  if (processId !== undefined) process.kill(processId, name);
}

async function measureTransaction(
  system: RunningSystem,
  options: { readonly rows: number; readonly from: BenchSide; readonly captured?: () => void },
): Promise<
  Pick<BulkFigures, 'captureSeconds' | 'totalSeconds' | 'processorSeconds' | 'peakResidentMegabytes'>
> {
  const { rows, from, captured } = options;
  const plan = system.directions.find((direction) => direction.source.name === from);
  const topic = plan?.tables.find((table) => table.entity === 'users')?.topic;
  if (!plan || topic === undefined) throw new Error(`no direction reads ${from}`);
  const application = openApplication(system, from);
  const memory = new ResidentMemory(system);
  try {
    const run = randomUUID().slice(0, 8);
    const updatedAt = nextInstant();
    const users = Array.from({ length: rows }, (_unused, index) => ({
      name: `Bulk ${run} ${index}`,
      email: `bulk-${run}-${index}@example.test`,
      updatedAt,
    }));
    const before = await topicEnd(system, topic);
    await application.insertInOneTransaction(users);
    const committedAt = performance.now();
    const processorTime = new ProcessorTime();
    let capturedAt: number | null = null;
    for (;;) {
      const end = await topicEnd(system, topic);
      if (end - before >= rows && capturedAt === null) {
        capturedAt = performance.now();
        captured?.();
      }
      if (capturedAt !== null && (await appliedEnd(system, { direction: plan.name, from, topic })) >= end)
        break;
      if (performance.now() - committedAt > deadlineMs) throw new Error('the rows did not cross in time');
      await delay(pollMs);
    }
    return {
      captureSeconds: (capturedAt - committedAt) / 1000,
      totalSeconds: (performance.now() - committedAt) / 1000,
      processorSeconds: processorTime.spent(),
      peakResidentMegabytes: memory.peaks(),
    };
  } finally {
    memory.close();
    await application.close();
  }
}

async function topicEnd(system: RunningSystem, topic: string): Promise<number> {
  const offsets = await system.kafka.admin.topicOffsets(topic);
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

async function appliedEnd(
  { databases }: RunningSystem,
  { direction, from, topic }: { direction: string; from: BenchSide; topic: string },
): Promise<number> {
  const text =
    'select coalesce(sum(next_offset), 0) as applied from rowbridge.applied_offsets where direction = ';
  if (from === 'revamp') {
    const { rows } = await databases.legacyPool.query<{ applied: string }>(`${text} $1 and topic = $2`, [
      direction,
      topic,
    ]);
    return Number(rows[0]?.applied);
  }
  const [rows] = await databases.revampPool.query(`${text} ? and topic = ?`, [direction, topic]);
  return Number((rows as { applied: string }[])[0]?.applied);
}
