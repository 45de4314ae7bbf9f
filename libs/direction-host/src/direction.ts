import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { RawRecord } from '@rowbridge/change-event';
import { controlTopics, replayTopic } from '@rowbridge/control-protocol';
import { ConnectClient } from 'debezium-connect-client';
import { RowbridgeError } from '@rowbridge/errors';
import {
  connectKafka,
  type ConsumerCrash,
  type KafkaConnection,
  type RecordConsumer,
} from '@rowbridge/kafka';
import { withTrace } from '@rowbridge/observability';
import type { LookContext } from '@rowbridge/pipeline';
import { Breaker } from './breaker.js';
import { ConnectorWatch } from './connector-watch.js';
import { describeDirection } from './describe-direction.js';
import { DirectionMonitor } from './direction-monitor.js';
import type { DirectionParts, DirectionReach, DirectionSchema } from './direction-parts.js';
import { createDirectionRunner } from './direction-runner.js';
import { createDirectionSchema } from './direction-schema.js';
import { declareOwnTopics, verifyLedgerRetention } from './direction-topics.js';
import { createDrainingClock } from './draining-clock.js';
import { handOverTopic } from './hand-over-topic.js';
import { createLookContext } from './look-context.js';
import { LookRunner } from './look-runner.js';
import { openDatabases, type OpenDatabases } from './open-databases.js';
import type { PartitionRunner } from './partition-runner.js';
import { requireNewTablesFit } from './require-new-tables-fit.js';
import { StatusReporter } from './status-reporter.js';

export interface OpenDirection {
  readonly databases: OpenDatabases;
  readonly kafka: KafkaConnection;
  readonly monitor: DirectionMonitor;
  readonly schema: DirectionSchema;
  readonly connector: Pick<ConnectorWatch, 'seen'>;
  /** Entities in the order of the plan. */
  readonly tables: readonly string[];
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
    await requireNewTablesFit(plan, databases);
    const kafka = await connectKafka({
      brokers: configuration.kafka.brokers,
      clientId: `${configuration.kafka.clientId}-${plan.name}`,
      logger,
    });
    opened.push(() => kafka.close());
    await declareOwnTopics(kafka.admin, plan.name, configuration);
    await verifyLedgerRetention(kafka.admin, plan, configuration);
    await databases.target.maintainLedger();
    const schema = createDirectionSchema(parts, kafka, databases);
    await schema.held.begin();
    await followOrders(parts, kafka);
    return assemble(parts, { kafka, databases, schema });
  } catch (error) {
    await Promise.allSettled(opened.map((close) => close()));
    throw error;
  }
}

/** Resolves once every order and setting given so far is known: nothing is consumed against an order. */
async function followOrders(parts: DirectionParts, kafka: KafkaConnection): Promise<void> {
  await kafka.follow({
    topics: [controlTopics.control, controlTopics.config],
    from: 'beginning',
    onRecord: (record) =>
      (record.topic === controlTopics.control ? parts.pauses : parts.settings).take(record),
    onCrash: (crash) => reportCrash(parts, crash),
  });
}

function assemble(
  parts: DirectionParts,
  { kafka, databases, schema }: Pick<DirectionReach, 'kafka' | 'databases' | 'schema'>,
): OpenDirection {
  const { plan, state } = parts;
  const { source, target } = databases;
  const draining = new AbortController();
  const clock = createDrainingClock(draining.signal);
  const reach: DirectionReach = { kafka, databases, schema, clock, breaker: createBreaker(parts) };
  const context = createLookContext(parts, reach);
  const runner = createDirectionRunner(parts, reach, context);
  const looks = createLookRunner(parts, context, schema);
  const monitor = createMonitor(parts, reach);
  const connectorWatch = createConnectorWatch(parts, reach);
  let consumer: RecordConsumer | null = null;
  const reporter = createReporter(parts, { kafka, monitor, assignment: () => consumer?.assignment() ?? [] });
  obeyOrders(parts, reach.breaker, () => consumer);
  reporter.start();
  return {
    databases,
    kafka,
    monitor,
    schema,
    connector: connectorWatch,
    tables: plan.tables.map(({ entity }) => entity),
    async start() {
      consumer = await startConsumer(parts, reach, runner);
      looks.start();
      monitor.start();
      connectorWatch.start();
      state.enter('running');
    },
    async drain() {
      state.enter('draining');
      draining.abort();
      await Promise.all([consumer?.stop(), looks.stop(), monitor.stop(), connectorWatch.stop()]);
      await reporter.stop();
      await kafka.close();
      await Promise.all([source.close(), target.close()]);
    },
  };
}

function createLookRunner(
  { settings, pauses, state, logger, metrics }: DirectionParts,
  context: LookContext,
  { held }: DirectionSchema,
): LookRunner {
  return new LookRunner({
    context,
    pollIntervalMs: () => settings.current.secondLook.pollIntervalMs,
    logger,
    rests: (table) => state.stopReason !== null || pauses.isTablePaused(table),
    async failed({ entity, topic }, error) {
      metrics.error(entity, error.code);
      state.errorMet(error);
      if (error.disposition === 'pause_table') await held.hold(topic, error, 'looks').catch(() => undefined);
    },
    async passed({ entity, topic }) {
      if (held.isHeldBy(entity, 'looks')) await held.release(topic, 'looks');
    },
  });
}

function createMonitor(
  { plan, state, metrics, logger }: DirectionParts,
  { databases, schema, clock }: DirectionReach,
): DirectionMonitor {
  return new DirectionMonitor({
    plan,
    state,
    source: databases.source,
    target: databases.target,
    metrics,
    recheckHeld: () => schema.held.recheck(),
    async surveyTables() {
      await schema.unmapped.look();
      await schema.held.survey();
    },
    logger,
    now: clock.now,
  });
}

/** Puts what operators change while the direction runs into force. */
function obeyOrders(
  { settings, pauses, logger }: DirectionParts,
  breaker: Breaker,
  consumer: () => RecordConsumer | null,
): void {
  pauses.onChange(() => {
    const assigned = consumer()?.assignment() ?? [];
    for (const partition of assigned) {
      if (!pauses.isTopicPaused(partition.topic)) consumer()?.resume(partition);
    }
  });
  settings.onChange((configuration) => {
    logger.level = configuration.logLevel;
    breaker.configure(configuration.breaker.deadLetters, configuration.breaker.ofLast);
  });
}

function startConsumer(
  { plan, configuration, state, logger, ...parts }: DirectionParts,
  { kafka, schema: { held } }: Pick<DirectionReach, 'kafka' | 'schema'>,
  runner: PartitionRunner,
): Promise<RecordConsumer> {
  return kafka.startConsumer({
    groupId: plan.consumerGroup,
    topics: [...plan.tables.map((table) => table.topic), handOverTopic, replayTopic(plan.name)],
    sessionTimeoutMs: configuration.kafka.sessionTimeoutMs,
    maxBytesPerPartition: configuration.kafka.maxBytesPerPartition,
    maxWaitMs: configuration.kafka.maxWaitMs,
    onBatch: (batch) => withTrace(traceparentOf(batch.records[0]), () => runner.onBatch(batch)),
    onCrash: (crash) => {
      reportCrash({ ...parts, state, logger }, crash);
      state.consumerEnded(crash.error);
    },
    onAssignment: (partitions) => {
      runner.forgetAll();
      held.reassigned();
      state.consumerJoined();
      state.keepOnly(new Set(partitions.map(({ topic, partition }) => `${topic}/${partition}`)));
      logger.info({ partitions: partitions.length, operation: 'assignment' }, 'Partitions assigned');
    },
  });
}

function createBreaker({ settings, metrics, state }: DirectionParts): Breaker {
  const { deadLetters, ofLast } = settings.current.breaker;
  return new Breaker(deadLetters, ofLast, () => {
    metrics.breakerOpen();
    const rule = settings.current.breaker;
    state.stop(
      new RowbridgeError(
        'breaker_open',
        `${rule.deadLetters} of the last ${rule.ofLast} records were dead-lettered`,
      ),
    );
  });
}

function createReporter(
  parts: DirectionParts,
  reporting: {
    readonly kafka: KafkaConnection;
    readonly monitor: DirectionMonitor;
    readonly assignment: () => ReturnType<RecordConsumer['assignment']>;
  },
): StatusReporter {
  const { kafka, monitor, assignment } = reporting;
  const instance = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  const startedAtMs = Math.round(Date.now() - process.uptime() * 1000);
  const described = { ...parts, instance, startedAtMs, monitor, assignment, now: Date.now };
  return new StatusReporter({
    producer: kafka.producer,
    describe: () => describeDirection(described),
    logger: parts.logger,
  });
}

function reportCrash(
  { logger, metrics, state }: Pick<DirectionParts, 'logger' | 'metrics' | 'state'>,
  crash: ConsumerCrash,
): void {
  const { error, consecutive, retryInMs } = crash;
  metrics.error('none', error.code);
  state.errorMet(error);
  logger.error({ errorCode: error.code, consecutive, retryInMs, operation: 'consume' }, error.message);
}

function createConnectorWatch(
  { plan, configuration, metrics, state, logger }: DirectionParts,
  { kafka, databases: { source } }: Pick<DirectionReach, 'kafka' | 'databases'>,
): ConnectorWatch {
  return new ConnectorWatch({
    connect: new ConnectClient({ url: configuration.connect.url }),
    connector: { name: plan.source.topicPrefix, epoch: configuration.source.epoch },
    admin: kafka.admin,
    tableTopics: plan.tables.map(({ topic }) => topic),
    readLogEnd: () => source.readLogEnd(),
    readRetainedLog: (committed) =>
      source.readRetainedLog(
        committed === null || committed.engine === 'postgres'
          ? null
          : { file: committed.file, position: BigInt(committed.pos) },
      ),
    metrics,
    failed: (error) => state.errorMet(error),
    logger,
    now: Date.now,
  });
}

function traceparentOf(record: RawRecord | undefined): string | null {
  const header = record?.headers.find(({ name }) => name === 'traceparent');
  return header ? Buffer.from(header.value).toString() : null;
}
