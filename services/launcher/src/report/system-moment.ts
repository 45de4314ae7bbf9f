import type { CounterSnapshot } from '../system/counter-history.js';
import { waitUntilQuiescent, type Quiescence } from '../system/quiescence.js';
import type { RunningSystem } from '../system/start-system.js';

/** The system at a moment at which nothing was under way. */
export interface SystemMoment {
  readonly quiescence: Quiescence;
  /** By direction. */
  readonly counters: ReadonlyMap<string, CounterSnapshot>;
  /** Records ever written to the dead letter queue. */
  readonly deadLetters: bigint;
}

const deadLetterTopic = 'sync.dlq';

/**
 * Waits until nothing is under way and notes where everything stands.
 * @throws ExpectationError naming what was still under way at the deadline
 */
export async function noteQuietMoment(
  system: RunningSystem,
  {
    deadlineMs,
    abortSignal,
  }: { readonly deadlineMs: number; readonly abortSignal?: AbortSignal | undefined },
): Promise<SystemMoment> {
  const quiescence = await waitUntilQuiescent({
    databases: system.databases,
    kafka: system.kafka.admin,
    connect: system.connect,
    connectors: system.connectors,
    directions: system.directions,
    deadlineMs,
    abortSignal,
  });
  await Promise.all([...system.counters.values()].map((counters) => counters.refresh()));
  const offsets = await system.kafka.admin.topicOffsets(deadLetterTopic);
  return {
    quiescence,
    counters: new Map([...system.counters].map(([name, counters]) => [name, counters.snapshot()])),
    deadLetters: offsets.reduce((sum, { high }) => sum + high, 0n),
  };
}
