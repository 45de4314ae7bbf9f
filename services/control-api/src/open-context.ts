import type { ControlApiConfiguration } from '@rowbridge/config';
import {
  controlTopicDeclarations,
  controlTopics,
  directionStatusSchema,
  pauseOrderSchema,
  runtimeSettingsSchema,
} from '@rowbridge/control-protocol';
import { openControlStore, type ControlStore } from '@rowbridge/control-store';
import {
  createMysqlPool,
  createPostgresPool,
  poolSettingsOf,
  serverTlsOf,
  type DatabaseConnection,
  type PoolSettings,
} from '@rowbridge/database-access';
import { connectKafka, type KafkaConnection, type TopicFollower } from '@rowbridge/kafka';
import { deriveDirectionPlan, type DirectionPlan, type PairDeclaration } from '@rowbridge/mapping';
import type { Logger } from '@rowbridge/observability';
import { ConnectClient } from 'debezium-connect-client';
import { Registry } from 'prom-client';
import type { ApiContext, SideDatabase } from './api-context.js';
import { ApiDescription } from './api-description.js';
import { AuditTrail } from './audit-trail.js';
import { askDependency } from './http/request-problem.js';
import { StreamTickets } from './http/stream-tickets.js';
import { readAppliedPositions } from './state/applied-positions.js';
import { CompactedView } from './state/compacted-view.js';
import { DirectionBoard } from './state/direction-board.js';
import { LagMeter } from './state/lag-meter.js';
import { LastingLink } from './state/lasting-link.js';

export interface ContextOptions {
  readonly configuration: ControlApiConfiguration;
  readonly pair: PairDeclaration;
  readonly connectorBySide: ReadonlyMap<string, string>;
  readonly logger: Logger;
}

/** A context whose links are being opened: nothing outside need be there yet. */
export interface OpenContext {
  readonly context: ApiContext;
  close(): Promise<void>;
}

export function openContext(options: ContextOptions): OpenContext {
  const { configuration, pair, connectorBySide, logger } = options;
  const kafka = kafkaLink(configuration, logger);
  const { url, tls } = configuration.controlStore;
  const storeAddress = { url, tls: serverTlsOf(tls, 'controlStore.tls') };
  const store = new LastingLink<ControlStore>({
    dependency: 'store',
    open: () => openControlStore(storeAddress),
    close: (opened) => opened.close(),
    logger,
  });
  const views = createViews(logger);
  const databases = pair.sides.map(({ name, engineFamily }): SideDatabase => {
    const address = configuration.databases[name];
    if (!address) throw new TypeError(`no database is configured for side ${name}`);
    const settings = poolSettingsOf(address, `databases.${name}`);
    return { side: name, ...openDatabase(settings, engineFamily, logger) };
  });
  const plans = pair.sides.map(({ name }) => deriveDirectionPlan(pair, name));
  const board = new DirectionBoard(views.statuses.entries);
  const context: ApiContext = {
    configuration,
    connectorBySide,
    logger,
    kafka,
    store,
    databases,
    ...views,
    plans,
    board,
    following: followViews({ ...views, kafka, board, logger }),
    lag: createLagMeter({ plans, databases, kafka, logger }),
    registry: new Registry(),
    connect: new ConnectClient({ url: configuration.connect.url, timeoutMs: connectTimeoutMs, attempts: 2 }),
    audit: new AuditTrail(store, logger),
    tickets: new StreamTickets(),
    description: new ApiDescription(),
    now: Date.now,
  };
  kafka.start();
  store.start();
  context.lag.start();
  return {
    context,
    async close() {
      await context.lag.stop();
      await context.following.close();
      await Promise.all([kafka.close(), store.close()]);
      await Promise.all(databases.map((database) => database.close()));
    },
  };
}

const connectTimeoutMs = 4_000;

function kafkaLink(configuration: ControlApiConfiguration, logger: Logger): LastingLink<KafkaConnection> {
  return new LastingLink<KafkaConnection>({
    dependency: 'kafka',
    open: async () => {
      const connection = await connectKafka({ ...configuration.kafka, logger });
      try {
        await connection.admin.createTopics(controlTopicDeclarations);
        return connection;
      } catch (failure) {
        await connection.close();
        throw failure;
      }
    },
    close: (opened) => opened.close(),
    logger,
  });
}

type Views = Pick<ApiContext, 'statuses' | 'pauseOrders' | 'runtimeSettings'>;

function createViews(logger: Logger): Views {
  const unreadable = (topic: string) => (key: string) =>
    logger.warn({ operation: 'follow', topic, key }, 'A record has another form than known: passed by');
  return {
    statuses: new CompactedView(directionStatusSchema, unreadable(controlTopics.status)),
    pauseOrders: new CompactedView(pauseOrderSchema, unreadable(controlTopics.control)),
    runtimeSettings: new CompactedView(runtimeSettingsSchema, unreadable(controlTopics.config)),
  };
}

interface FollowingParts extends Views {
  readonly kafka: LastingLink<KafkaConnection>;
  readonly board: DirectionBoard;
  readonly logger: Logger;
}

/** Reads the compacted topics from their beginning, as soon as Kafka is there. */
function followViews(parts: FollowingParts): LastingLink<TopicFollower> {
  const { kafka, statuses, pauseOrders, runtimeSettings, logger, board } = parts;
  const viewByTopic = new Map<string, Pick<CompactedView<unknown>, 'take'>>([
    [controlTopics.status, statuses],
    [controlTopics.control, pauseOrders],
    [controlTopics.config, runtimeSettings],
  ]);
  const following = new LastingLink<TopicFollower>({
    dependency: 'kafka',
    open: () =>
      kafka.require().follow({
        topics: [...viewByTopic.keys()],
        from: 'beginning',
        onRecord: (record) => {
          viewByTopic.get(record.topic)?.take(record);
          if (record.topic === controlTopics.status) board.look();
        },
        onCrash: ({ error, retryInMs }) =>
          logger.warn({ err: error, retryInMs, operation: 'follow' }, 'Reading of states was interrupted'),
      }),
    close: (opened) => opened.stop(),
    logger,
  });
  kafka.whenOpen(() => following.start());
  return following;
}

interface LagParts {
  readonly plans: readonly DirectionPlan[];
  readonly databases: readonly SideDatabase[];
  readonly kafka: LastingLink<KafkaConnection>;
  readonly logger: Logger;
}

function createLagMeter({ plans, databases, kafka, logger }: LagParts): LagMeter {
  const connections = new Map(databases.map(({ side, connection }) => [side, connection]));
  return new LagMeter({
    plans,
    logger,
    now: Date.now,
    admin: () => kafka.require().admin,
    readApplied: ({ name, target }) =>
      askDependency(`database ${target.name}`, () =>
        readAppliedPositions(connections.get(target.name) as DatabaseConnection, name),
      ),
  });
}

function openDatabase(
  address: Pick<PoolSettings, 'url' | 'tls'>,
  family: 'postgres' | 'mysql',
  logger: Logger,
): Omit<SideDatabase, 'side'> {
  const settings = {
    ...address,
    maxOpen: 4,
    connectTimeoutMs: 3_000,
    statementTimeoutMs: 5_000,
    applicationName: 'rowbridge-control-api',
    onIdleError: (error: Error) =>
      logger.warn({ err: error, operation: 'pool' }, 'An idle connection broke; it is replaced when needed'),
  };
  if (family === 'postgres') {
    const client = createPostgresPool(settings);
    return { connection: { family, client }, close: () => client.end() };
  }
  const client = createMysqlPool(settings);
  return { connection: { family, client }, close: () => client.end() };
}
