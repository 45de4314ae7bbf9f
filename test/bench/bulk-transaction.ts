import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '@rowbridge/launcher';
import { nextInstant, openApplication, type BenchSide } from './applications.js';
import { ResidentMemory } from './resident-memory.js';

export interface BulkFigures {
  readonly from: BenchSide;
  readonly rows: number;
  /** Source commit until all rows lie in Kafka. */
  readonly captureSeconds: number;
  /** Source commit until the target's last commit. */
  readonly totalSeconds: number;
  readonly totalOverCapture: number;
  readonly peakResidentMegabytes: Readonly<Record<string, number>>;
}

const deadlineMs = 300_000;

/** Rows inserted by an application in one transaction, until the other side has committed the last of them. */
export async function measureBulkTransaction(
  system: RunningSystem,
  { rows, from }: { rows: number; from: BenchSide },
): Promise<BulkFigures> {
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
    let capturedAt: number | null = null;
    for (;;) {
      const end = await topicEnd(system, topic);
      if (end - before >= rows) capturedAt ??= performance.now();
      if (capturedAt !== null && (await appliedEnd(system, { direction: plan.name, from, topic })) >= end)
        break;
      if (performance.now() - committedAt > deadlineMs) throw new Error('the rows did not cross in time');
      await delay(20);
    }
    const totalSeconds = (performance.now() - committedAt) / 1000;
    const captureSeconds = (capturedAt - committedAt) / 1000;
    return {
      from,
      rows,
      captureSeconds,
      totalSeconds,
      totalOverCapture: totalSeconds / captureSeconds,
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
