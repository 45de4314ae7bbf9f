import { createChangeDecoder, type RawRecord } from '@rowbridge/change-event';
import type { DirectionConfiguration } from '@rowbridge/config';
import { ConnectClient } from 'debezium-connect-client';
import { RowbridgeError } from '@rowbridge/errors';
import {
  connectKafka,
  createRegistrySchemaSource,
  type ConsumerCrash,
  type KafkaConnection,
  type RecordConsumer,
} from '@rowbridge/kafka';
import { deriveDirectionPlan, type DirectionPlan, type PairDeclaration } from '@rowbridge/mapping';
import { withTrace, type DirectionMetrics, type Logger } from '@rowbridge/observability';
import { processBatch, type Clock, type LookContext, type PartitionState } from '@rowbridge/pipeline';
import { Breaker } from './breaker.js';
import { ConnectorWatch } from './connector-watch.js';
import { createDeadLetterSink } from './dead-letter-sink.js';
import { DirectionMonitor } from './direction-monitor.js';
import { createDrainingClock } from './draining-clock.js';
import { createDirectionObserver } from './direction-observer.js';
import type { DirectionState } from './direction-state.js';
import { declareOwnTopics, verifyLedgerRetention } from './direction-topics.js';
import { createHandOverSink, handOverTopic, takeHandOvers } from './hand-over-topic.js';
import { LookRunner } from './look-runner.js';
import { openDatabases, type OpenDatabases } from './open-databases.js';
import { PartitionRunner } from './partition-runner.js';
import { createSettlementWatch } from './settlement-watch.js';

export interface DirectionParts {
  readonly pair: PairDeclaration;
  readonly plan: DirectionPlan;
  readonly configuration: DirectionConfiguration;
  readonly logger: Logger;
  readonly metrics: DirectionMetrics;
  readonly state: DirectionState;
}

export interface OpenDirection {
  readonly databases: OpenDatabases;
  readonly kafka: KafkaConnection;
  readonly monitor: DirectionMonitor;
  /** Begins to consume. */
  start(): Promise<void>;
  /** Lets what is in work finish, commits, and lets go of everything. */
  drain(): Promise<void>;
}

/**
 * Reaches everything one direction needs and wires it together; nothing is consumed before `start`. The databases come
 * first: a wrong password or a mapping they do not bear out is told at once, whether Kafka answers or not.
 * @throws RowbridgeError of whatever cannot be reached or is not fit
 */
export async function openDirection(parts: DirectionParts): Promise<OpenDirection> {
  const { plan, configuration, logger } = parts;
  const databases = await openDatabases(configuration, plan);
  const opened: (() => Promise<void>)[] = [() => databases.source.close(), () => databases.target.close()];
  try {
    const kafka = await connectKafka({
      brokers: configuration.kafka.brokers,
      clientId: `${configuration.kafka.clientId}-${plan.name}`,
      logger,
    });
    opened.push(() => kafka.close());
    await declareOwnTopics(kafka.admin, configuration);
    await verifyLedgerRetention(kafka.admin, plan, configuration);
    await databases.target.maintainLedger();
    return assemble(parts, kafka, databases);
  } catch (error) {
    await Promise.allSettled(opened.map((close) => close()));
    throw error;
  }
}

function assemble(parts: DirectionParts, kafka: KafkaConnection, databases: OpenDatabases): OpenDirection {
  const { plan, configuration, state, logger } = parts;
  const { source, target } = databases;
  const draining = new AbortController();
  const clock = createDrainingClock(draining.signal);
  const context = createContext(parts, { kafka, databases, clock });
  const runner = createRunner(parts, { kafka, databases, context });
  const looks = new LookRunner({
    context,
    pollIntervalMs: configuration.secondLook.pollIntervalMs,
    logger,
    isStopped: () => state.stopReason !== null,
    failed: (table, errorCode) => parts.metrics.error(table, errorCode),
  });
  const monitor = new DirectionMonitor({
    plan,
    state,
    source,
    target,
    metrics: parts.metrics,
    logger,
    now: clock.now,
  });
  const connectorWatch = createConnectorWatch(parts, databases);
  let consumer: RecordConsumer | null = null;
  return {
    databases,
    kafka,
    monitor,
    async start() {
      consumer = await kafka.startConsumer({
        groupId: plan.consumerGroup,
        topics: [...plan.tables.map((table) => table.topic), handOverTopic],
        sessionTimeoutMs: configuration.kafka.sessionTimeoutMs,
        maxBytesPerPartition: configuration.kafka.maxBytesPerPartition,
        maxWaitMs: configuration.kafka.maxWaitMs,
        onBatch: (batch) => withTrace(traceparentOf(batch.records[0]), () => runner.onBatch(batch)),
        onCrash: (crash) => reportCrash(parts, crash),
        onAssignment: (partitions) => {
          runner.forgetAll();
          state.keepOnly(new Set(partitions.map(({ topic, partition }) => `${topic}/${partition}`)));
          logger.info({ partitions: partitions.length, operation: 'assignment' }, 'Partitions assigned');
        },
      });
      looks.start();
      monitor.start();
      connectorWatch.start();
      state.enter('running');
    },
    async drain() {
      state.enter('draining');
      draining.abort();
      await Promise.all([consumer?.stop(), looks.stop(), monitor.stop(), connectorWatch.stop()]);
      await kafka.close();
      await Promise.all([source.close(), target.close()]);
    },
  };
}

function reportCrash({ logger, metrics }: DirectionParts, crash: ConsumerCrash): void {
  const { error, consecutive, retryInMs } = crash;
  metrics.error('none', error.code);
  logger.error({ errorCode: error.code, consecutive, retryInMs, operation: 'consume' }, error.message);
}

function createConnectorWatch(
  { plan, configuration, logger }: DirectionParts,
  { source }: OpenDatabases,
): ConnectorWatch {
  return new ConnectorWatch({
    connect: new ConnectClient({ url: configuration.connect.url }),
    connector: { name: plan.source.topicPrefix, epoch: configuration.source.epoch },
    readLogEnd: () => source.readLogEnd(),
    logger,
    now: Date.now,
  });
}

function createContext(
  parts: DirectionParts,
  { kafka, databases, clock }: { kafka: KafkaConnection; databases: OpenDatabases; clock: Clock },
): LookContext {
  const { source, target, guards } = databases;
  const { pair, plan, configuration, logger, metrics, state } = parts;
  const decoder = createChangeDecoder({
    schemas: createRegistrySchemaSource({ url: configuration.schemaRegistry.url }),
    connectors: [
      {
        topicPrefix: plan.source.topicPrefix,
        engineFamily: plan.source.engineFamily,
        epoch: configuration.source.epoch,
      },
    ],
  });
  const reverseTopics = new Map(
    deriveDirectionPlan(pair, plan.target.name).tables.map((table) => [table.entity, table.topic]),
  );
  const breaker = new Breaker(configuration.breaker.deadLetters, configuration.breaker.ofLast, () => {
    metrics.breakerOpen();
    const { deadLetters, ofLast } = configuration.breaker;
    state.stop(
      new RowbridgeError('breaker_open', `${deadLetters} of the last ${ofLast} records were dead-lettered`),
    );
  });
  return {
    plan,
    source,
    target,
    decode: (records) => decoder.decode(records),
    deadLetters: createDeadLetterSink({
      producer: kafka.producer,
      topic: configuration.deadLetterTopic,
      direction: plan.name,
      connectorOf: () => plan.source.topicPrefix,
      now: clock.now,
    }),
    actingGuard: guards.actingGuard,
    stamping: guards.stamping,
    retry: configuration.retry,
    observer: createDirectionObserver({ metrics, logger, breaker, target: plan.target.name, now: clock.now }),
    clock,
    watch: createSettlementWatch({
      connect: new ConnectClient({ url: configuration.connect.url }),
      admin: kafka.admin,
      source: { name: plan.source.topicPrefix, epoch: configuration.source.epoch },
      target: { name: plan.target.topicPrefix, epoch: configuration.target.epoch },
      reverseTopicOf: (table) => reverseTopics.get(table.entity) as string,
      readApplied: () =>
        Promise.all([target.readAppliedOffsets(plan.name), source.readAppliedOffsets(plan.reverseDirection)]),
    }),
    handOvers: createHandOverSink(kafka.producer),
    lookBatchSize: configuration.secondLook.batchSize,
  };
}

function createRunner(
  { plan, configuration, state, metrics, logger }: DirectionParts,
  { kafka, databases, context }: { kafka: KafkaConnection; databases: OpenDatabases; context: LookContext },
): PartitionRunner {
  const { target } = databases;
  const tables = new Map(plan.tables.map((table) => [table.topic, table]));
  return new PartitionRunner({
    state,
    retry: configuration.retry,
    maxRows: configuration.batch.maxRows,
    async loadState(topic, partition) {
      const applied = (await target.readAppliedOffsets(plan.name)).get(`${topic}/${partition}`);
      const highWater = applied?.highWater ?? { position: null, committedAtMs: 0 };
      const loaded: PartitionState = { topic, partition, nextOffset: applied?.nextOffset ?? null, highWater };
      return { state: loaded, fingerprint: applied?.fingerprint ?? null };
    },
    async readRange(topic, partition) {
      const offsets = await kafka.admin.topicOffsets(topic);
      return offsets.find((entry) => entry.partition === partition) ?? { low: 0n, high: 0n };
    },
    patienceMs: configuration.batch.patienceMs,
    process({ records, state: partitionState, mayWait }) {
      const table = tables.get(partitionState.topic);
      if (table) return processBatch({ table, records, state: partitionState, mayWait }, context);
      return takeHandOvers(records, partitionState, {
        plan,
        target,
        now: context.clock.now,
        warn: (message) => logger.warn({ operation: 'hand_over' }, message),
      });
    },
    async tableHeld(topic, error) {
      const table = tables.get(topic)?.entity ?? topic;
      await target.recordSchemaDrift({
        table,
        errorCode: error.code,
        what: error.problem,
        mappingPatch: null,
      });
    },
    async tableReleased(topic) {
      const table = tables.get(topic);
      if (table) await target.resolveSchemaDrift(table.entity);
    },
    batchFailed(topic, { errorCode, seconds }) {
      const table = tables.get(topic)?.entity ?? topic;
      metrics.error(table, errorCode);
      metrics.batchFailed(table, seconds);
    },
  });
}

function traceparentOf(record: RawRecord | undefined): string | null {
  const header = record?.headers.find(({ name }) => name === 'traceparent');
  return header ? Buffer.from(header.value).toString() : null;
}
