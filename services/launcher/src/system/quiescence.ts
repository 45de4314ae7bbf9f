import { ConnectRequestError, hasPassed, type ConnectClient } from 'debezium-connect-client';
import type { KafkaAdmin } from '@rowbridge/kafka';
import type { DirectionPlan } from '@rowbridge/mapping';
import { waitUntil, waitedInVain } from '../scenario/wait-until.js';
import { countOpenLooks, readDurableProgress, type DurableProgress } from './durable-progress.js';
import { readLogEnds, type LogEnds } from './log-ends.js';
import type { PairDatabases } from './pair-databases.js';

export interface QuiescenceOptions {
  readonly databases: PairDatabases;
  readonly kafka: KafkaAdmin;
  readonly connect: ConnectClient;
  readonly connectors: { readonly legacy: string; readonly revamp: string };
  readonly directions: readonly DirectionPlan[];
  readonly deadlineMs: number;
  readonly abortSignal?: AbortSignal | undefined;
}

/** A moment at which nothing was under way. */
export interface Quiescence {
  readonly progress: DurableProgress;
  /** End offset by `<topic>/<partition>` of the table topics. */
  readonly topicEnds: ReadonlyMap<string, bigint>;
}

/**
 * Waits until nothing is under way: both connectors have committed past both logs' ends, every record in the table
 * topics is applied, no key awaits a second look, and all of it still holds with the logs' ends at which it was first
 * seen. The applications must be still.
 * @throws ExpectationError naming what was still under way at the deadline
 */
export async function waitUntilQuiescent(options: QuiescenceOptions): Promise<Quiescence> {
  let underWay = 'the first look';
  const startedAt = performance.now();
  const { deadlineMs, abortSignal } = options;
  const shared = { deadlineMs, startedAt, abortSignal };
  for (;;) {
    const before = await observe(options);
    const ends = await readLogEnds(options.databases);
    await waitUntil({ ...shared, what: `the connectors to pass the ends of both logs (${underWay})` }, () =>
      connectorsHavePassed(options, ends),
    );
    const after = await waitUntil(
      { ...shared, what: `every record to be applied and every second look to close (${underWay})` },
      async () => {
        const seen = await observe(options);
        underWay = describeUnderWay(seen);
        return underWay === '' ? seen : undefined;
      },
    ).catch((failure: unknown) => {
      throw failure instanceof Error && underWay !== ''
        ? Object.assign(failure, { message: `${failure.message}: ${underWay}` })
        : failure;
    });
    // Whatever moved in between may have been written to a log after its end was read.
    if (describeUnderWay(before) === '' && sameOffsets(before.topicEnds, after.topicEnds)) return after;
    underWay = 'records arrived in between';
    if (performance.now() - startedAt > deadlineMs) {
      throw waitedInVain({ ...shared, what: 'the applications to be still: records arrive all the time' });
    }
  }
}

/** False, too, while Kafka Connect does not answer: it may be on its way up again. */
async function connectorsHavePassed(options: QuiescenceOptions, ends: LogEnds): Promise<boolean> {
  const { connect, connectors } = options;
  const [legacy, revamp] = await Promise.all(
    [connectors.legacy, connectors.revamp].map((name) => connect.committedSourceOffset(name)),
  ).catch((error: unknown) => {
    if (error instanceof ConnectRequestError && error.unreachable) return [null, null];
    throw error;
  });
  if (!legacy || !revamp) return false;
  return hasPassed(legacy, ends.legacy) && hasPassed(revamp, ends.revamp);
}

async function observe(options: QuiescenceOptions): Promise<Quiescence> {
  const topicEnds = new Map<string, bigint>();
  for (const topic of options.directions.flatMap((direction) =>
    direction.tables.map((table) => table.topic),
  )) {
    for (const { partition, high } of await options.kafka.topicOffsets(topic)) {
      topicEnds.set(`${topic}/${partition}`, high);
    }
  }
  return { topicEnds, progress: await readDurableProgress(options.databases) };
}

/** What is not applied yet, for people; empty when nothing is under way. */
function describeUnderWay({ topicEnds, progress }: Quiescence): string {
  let records = 0n;
  for (const [partition, end] of topicEnds) records += end - (progress.applied.get(partition) ?? 0n);
  const parts = [];
  if (records > 0n) parts.push(`${records} records not applied`);
  const openLooks = countOpenLooks(progress);
  if (openLooks > 0) {
    parts.push(`${openLooks} second looks open (${progress.describedLooks.slice(0, 3).join('; ')})`);
  }
  return parts.join(', ');
}

function sameOffsets(left: ReadonlyMap<string, bigint>, right: ReadonlyMap<string, bigint>): boolean {
  return [...left].every(([partition, end]) => right.get(partition) === end);
}
