import type { RawRecord } from '@rowbridge/change-event';
import { replayTopic } from '@rowbridge/control-protocol';
import type { DirectionPlan } from '@rowbridge/mapping';
import { processBatch, type LookContext, type PartitionState } from '@rowbridge/pipeline';
import type { DirectionParts, DirectionReach } from './direction-parts.js';
import { takeHandOvers } from './hand-over-topic.js';
import { createDecoder } from './look-context.js';
import type { OpenDatabases } from './open-databases.js';
import { PartitionRunner, type PartitionRunnerOptions } from './partition-runner.js';
import { createReplySink } from './reply-sink.js';
import { takeReplays } from './take-replays.js';

/** Feeds the direction's topics to the row's path. */
export function createDirectionRunner(
  parts: DirectionParts,
  reach: DirectionReach,
  context: LookContext,
): PartitionRunner {
  const { plan, settings, pauses, state, metrics, logger } = parts;
  const { kafka, schema } = reach;
  const { target } = reach.databases;
  const loadState = createStateLoader(plan, target);
  const replays = createReplayTaker(parts, { ...reach, context, loadState });
  const tables = new Map(plan.tables.map((table) => [table.topic, table]));
  return new PartitionRunner({
    state,
    get retry() {
      return settings.current.retry;
    },
    get maxRows() {
      return settings.current.batch.maxRows;
    },
    get patienceMs() {
      return settings.current.batch.patienceMs;
    },
    isPaused: (topic) => pauses.isTopicPaused(topic),
    loadState,
    async readRange(topic, partition) {
      const offsets = await kafka.admin.topicOffsets(topic);
      return offsets.find((entry) => entry.partition === partition) ?? { low: 0n, high: 0n };
    },
    async process({ records, state: partitionState, mayWait }) {
      const table = tables.get(partitionState.topic);
      if (table) {
        await schema.held.beforeAttempt(table);
        return processBatch({ table, records, state: partitionState, mayWait }, context);
      }
      if (partitionState.topic === replayTopic(plan.name)) return replays(records, partitionState);
      return takeHandOvers(records, partitionState, {
        plan,
        target,
        now: context.clock.now,
        warn: (message) => logger.warn({ operation: 'hand_over' }, message),
      });
    },
    tableHeld: (topic, error) => schema.held.hold(topic, error, 'records'),
    tableReleased: (topic) => schema.held.release(topic, 'records'),
    isAnyTableHeld: () => schema.held.shown.length > 0,
    batchFailed(topic, { errorCode, seconds }) {
      const table = tables.get(topic)?.entity ?? topic;
      metrics.error(table, errorCode);
      metrics.batchFailed(table, seconds);
    },
  });
}

type StateLoader = PartitionRunnerOptions['loadState'];

/** Reads where the target stands on a partition. */
function createStateLoader(plan: DirectionPlan, target: OpenDatabases['target']): StateLoader {
  return async (topic, partition) => {
    const applied = (await target.readAppliedOffsets(plan.name)).get(`${topic}/${partition}`);
    const highWater = applied?.highWater ?? { position: null, committedAtMs: 0 };
    const loaded: PartitionState = { topic, partition, nextOffset: applied?.nextOffset ?? null, highWater };
    return { state: loaded, fingerprint: applied?.fingerprint ?? null };
  };
}

function createReplayTaker(
  parts: DirectionParts,
  {
    kafka,
    clock,
    context,
    loadState,
    databases,
    schema,
  }: Pick<DirectionReach, 'kafka' | 'clock' | 'databases' | 'schema'> & {
    context: LookContext;
    loadState: StateLoader;
  },
): (records: readonly RawRecord[], state: PartitionState) => Promise<PartitionState> {
  const { plan, pauses, logger } = parts;
  const decoder = createDecoder(parts, { databases, schema }, { inOrder: false });
  const reply = createReplySink({ producer: kafka.producer, clock, logger });
  // A letter that is refused again goes back to the queue: it never makes its table wait.
  const { tableFaultBehind: _waiting, ...path } = context;
  return (records, state) =>
    takeReplays(records, state, {
      plan,
      context: {
        ...path,
        decode: async (originals) => schema.watch.markOutlived(await decoder.decode(originals)),
      },
      isTablePaused: (entity) => pauses.isTablePaused(entity),
      loadState: async () => (await loadState(state.topic, state.partition)).state,
      reply,
      warn: (message) => logger.warn({ operation: 'replay' }, message),
    });
}
