import type { DatabaseEndpoint, RunningStack } from '@rowbridge/embedded-stack';
import { connectKafka, type KafkaConnection } from '@rowbridge/kafka';
import type { PairDeclaration } from '@rowbridge/mapping';
import { waitFor } from '@rowbridge/testing';
import { ConnectClient, hasPassed } from 'debezium-connect-client';
import { LiveDirection } from './live-direction.js';
import {
  connectorOf,
  connectorTopics,
  createLiveDatabase,
  hasLogOrigin,
  liveServer,
  noteLogEnd,
  runOnServer,
  type LiveServer,
} from './live-server.js';

export type LiveCodec = 'avro' | 'json';

export interface LivePairOptions {
  readonly stack: RunningStack;
  /** A PostgreSQL side's schema is `public`, a MySQL side's the database that is made for it. */
  readonly pair: PairDeclaration;
  readonly codec: LiveCodec;
  /** What makes the tables of each side, by its name; a side without log origin needs `sync_source` in them, as its other. */
  readonly schema: Readonly<Record<string, string>>;
  /** The servers of the pair's sides in their order; PostgreSQL and MariaDB of the stack where left out. */
  readonly servers?: readonly [DatabaseEndpoint, DatabaseEndpoint];
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const deadline = { deadlineMs: 60_000 };

/** JSON with its schema in each record, as Kafka Connect writes it without a registry. */
const jsonConverters = Object.fromEntries(
  ['key', 'value'].flatMap((part) => [
    [`${part}.converter`, 'org.apache.kafka.connect.json.JsonConverter'],
    [`${part}.converter.schemas.enable`, 'true'],
  ]),
);

interface LiveParts {
  readonly servers: readonly [LiveServer, LiveServer];
  readonly kafka: KafkaConnection;
  /** By the side they read. */
  readonly directions: ReadonlyMap<string, LiveDirection>;
}

/** A pair between two real databases, captured by real connectors. */
export class LivePair {
  private constructor(
    private readonly options: LivePairOptions,
    private readonly parts: LiveParts,
  ) {}

  static async open(options: LivePairOptions): Promise<LivePair> {
    const { stack, pair } = options;
    const servers = serversOf(options);
    for (const server of servers) {
      await createLiveDatabase(server, options.schema[server.side.name] ?? '');
    }
    const kafka = await connectKafka({ brokers: stack.kafka.brokers, clientId: pair.name, logger: silent });
    const isTwoWay = pair.tables.some(({ oneWayFrom }) => oneWayFrom === undefined);
    const directions = new Map<string, LiveDirection>();
    for (const source of isTwoWay ? servers : servers.slice(0, 1)) {
      const target = servers.find((server) => server !== source) as LiveServer;
      const direction = await LiveDirection.open({
        pair,
        sourceSide: source.side.name,
        urls: Object.fromEntries(servers.map(({ side, url }) => [side.name, url])),
        kafka,
        registryUrl: stack.schemaRegistry.confluentUrl,
        logOrigin: { source: hasLogOrigin(source), target: hasLogOrigin(target) },
      });
      directions.set(source.side.name, direction);
    }
    const live = new LivePair(options, { servers, kafka, directions });
    await live.startCapture();
    for (const direction of live.directions()) await direction.start();
    return live;
  }

  directions(): readonly LiveDirection[] {
    return [...this.parts.directions.values()];
  }

  /** The direction that reads a side. @throws Error where none does */
  from(side: string): LiveDirection {
    const direction = this.parts.directions.get(side);
    if (!direction) throw new Error(`no direction reads ${side}`);
    return direction;
  }

  /** Runs statements on a side one after another, as an application does; answers the last one's rows. */
  async on(side: string, ...statements: readonly string[]): Promise<Record<string, unknown>[]> {
    const server = this.parts.servers.find((candidate) => candidate.side.name === side);
    if (!server) throw new Error(`no side ${side}`);
    return runOnServer(server, statements);
  }

  /** Waits until every committed change is captured, applied, and looked at a second time where it had to be. */
  async settle(): Promise<void> {
    await waitFor(() => this.isSettled(), { ...deadline, what: 'every second look to close' });
  }

  private async isSettled(): Promise<boolean> {
    const directions = this.directions();
    await this.waitForCapture();
    for (const direction of directions) {
      await waitFor(() => direction.hasCaughtUp(), {
        ...deadline,
        what: `${direction.plan.name} to catch up`,
      });
    }
    const listed = await Promise.all(directions.map((direction) => direction.look()));
    for (const direction of directions) {
      const handed = direction.handOvers.splice(0);
      const reverse = directions.find(({ plan }) => plan.name === direction.plan.reverseDirection);
      if (handed.length > 0) await reverse?.takeOver(handed);
    }
    return listed.every((number) => number === 0);
  }

  async close(): Promise<void> {
    for (const direction of this.directions()) await direction.close();
    await this.parts.kafka.close();
  }

  private async startCapture(): Promise<void> {
    const { stack, codec } = this.options;
    const { servers, kafka } = this.parts;
    const tableTopics = this.directions().flatMap(({ plan }) => plan.tables.map(({ topic }) => topic));
    await kafka.admin.createTopics([
      ...tableTopics.map((topic) => ({ topic, partitions: 4, configuration: {} })),
      ...servers.flatMap(connectorTopics).map((topic) => ({ topic, partitions: 1, configuration: {} })),
    ]);
    const connect = new ConnectClient({ url: stack.connect.url });
    for (const server of servers) {
      const { topicPrefix } = server.side;
      const configuration = connectorOf(server, {
        brokers: stack.kafka.brokers,
        converterSettings: codec === 'avro' ? stack.connectorConverterSettings : jsonConverters,
      });
      const declared = (): Promise<boolean> =>
        connect.createOrUpdate(topicPrefix, configuration).then(
          () => true,
          () => false,
        );
      await waitFor(declared, { ...deadline, what: `Kafka Connect to take ${topicPrefix}` });
    }
    await this.waitForCapture();
  }

  private async waitForCapture(): Promise<void> {
    const connect = new ConnectClient({ url: this.options.stack.connect.url });
    const noted = await Promise.all(this.parts.servers.map(noteLogEnd));
    for (const [index, { side }] of this.parts.servers.entries()) {
      const position = noted[index] as (typeof noted)[number];
      await waitFor(
        async () => {
          const offset = await connect.committedSourceOffset(side.topicPrefix);
          return offset !== null && !offset.snapshotting && hasPassed(offset, position);
        },
        { ...deadline, what: `${side.topicPrefix} to pass the end of its log` },
      );
    }
  }
}

function serversOf({ stack, pair, servers }: LivePairOptions): readonly [LiveServer, LiveServer] {
  const [first, second] = pair.sides;
  const endpoints = servers ?? [stack.databases.postgres, stack.databases.mysql];
  const serverOf = (side: typeof first, endpoint: DatabaseEndpoint): LiveServer => {
    const here = ({ tables }: (typeof pair.tables)[number]): string => tables[side.name] ?? '';
    const captured = pair.tables.filter(
      ({ oneWayFrom }) => oneWayFrom === undefined || oneWayFrom === side.name,
    );
    return liveServer(side, endpoint, {
      pairName: pair.name,
      tables: pair.tables.map(here),
      captured: captured.map(here),
    });
  };
  return [serverOf(first, endpoints[0]), serverOf(second, endpoints[1])];
}
