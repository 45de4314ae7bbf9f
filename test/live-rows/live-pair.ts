import {
  connectorHeartbeatTopic,
  heartbeatTableTopic,
  legacyConnector,
  notificationTopic,
  revampConnector,
  schemaHistoryTopic,
  signalTopic,
} from '@rowbridge/connectors';
import { provisionMysql, provisionPostgres, urlOfDatabase } from '@rowbridge/database-access';
import type { RunningStack } from '@rowbridge/embedded-stack';
import { connectKafka, type KafkaConnection } from '@rowbridge/kafka';
import type { PairDeclaration, SideDeclaration } from '@rowbridge/mapping';
import { waitFor } from '@rowbridge/testing';
import { ConnectClient, hasPassed, type NotedPosition } from 'debezium-connect-client';
import { runOn } from './run-on.js';
import { LiveDirection } from './live-direction.js';

export type LiveCodec = 'avro' | 'json';

export interface LivePairOptions {
  readonly stack: RunningStack;
  /** Its first side is PostgreSQL, its second MariaDB; the side's schema is `public` and the database of that name. */
  readonly pair: PairDeclaration;
  readonly codec: LiveCodec;
  /** What makes the tables of each side. */
  readonly schema: { readonly postgres: string; readonly mysql: string };
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const account = (name: string): { name: string; password: string } => ({ name, password: `${name}-pw` });
const deadline = { deadlineMs: 60_000 };

/** JSON with its schema in each record, as Kafka Connect writes it without a registry. */
const jsonConverters = Object.fromEntries(
  ['key', 'value'].flatMap((part) => [
    [`${part}.converter`, 'org.apache.kafka.connect.json.JsonConverter'],
    [`${part}.converter.schemas.enable`, 'true'],
  ]),
);

interface LiveParts {
  readonly urls: { readonly postgres: string; readonly mysql: string };
  readonly kafka: KafkaConnection;
  readonly from: { readonly postgres: LiveDirection; readonly mysql: LiveDirection | null };
}

/** A pair between a real PostgreSQL and a real MariaDB, captured by real connectors. */
export class LivePair {
  /** The directions by the side they read; null for one that carries no table. */
  readonly from: LiveParts['from'];

  private constructor(
    private readonly options: LivePairOptions,
    private readonly parts: LiveParts,
  ) {
    this.from = parts.from;
  }

  static async open(options: LivePairOptions): Promise<LivePair> {
    const { stack, pair } = options;
    const [first, second] = pair.sides;
    const database = second.schema;
    await createDatabases(options);
    const urls = {
      postgres: urlOfDatabase(stack.databases.postgres.url, database),
      mysql: urlOfDatabase(stack.databases.mysql.url, database),
    };
    const kafka = await connectKafka({ brokers: stack.kafka.brokers, clientId: pair.name, logger: silent });
    const sides = { [first.name]: urls.postgres, [second.name]: urls.mysql };
    const open = (side: SideDeclaration): Promise<LiveDirection> =>
      LiveDirection.open({
        pair,
        sourceSide: side.name,
        urls: sides,
        kafka,
        registryUrl: stack.schemaRegistry.confluentUrl,
      });
    const isTwoWay = pair.tables.some(({ oneWayFrom }) => oneWayFrom === undefined);
    const from = { postgres: await open(first), mysql: isTwoWay ? await open(second) : null };
    const live = new LivePair(options, { urls, kafka, from });
    await live.startCapture();
    for (const direction of live.directions()) await direction.start();
    return live;
  }

  directions(): readonly LiveDirection[] {
    return this.from.mysql === null ? [this.from.postgres] : [this.from.postgres, this.from.mysql];
  }

  async onPostgres(...statements: readonly string[]): Promise<Record<string, unknown>[]> {
    return runOn('postgres', this.parts.urls.postgres, statements);
  }

  async onMysql(...statements: readonly string[]): Promise<Record<string, unknown>[]> {
    return runOn('mysql', this.parts.urls.mysql, statements);
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
    const { stack, pair, codec } = this.options;
    const [first, second] = pair.sides;
    const topics = this.directions().flatMap(({ plan }) => plan.tables.map(({ topic }) => topic));
    const own = pair.sides.flatMap(({ topicPrefix }) =>
      [signalTopic, schemaHistoryTopic, notificationTopic, heartbeatTableTopic, connectorHeartbeatTopic].map(
        (topicOf) => topicOf(topicPrefix),
      ),
    );
    await this.parts.kafka.admin.createTopics(
      [...topics, ...own].map((topic) => ({
        topic,
        partitions: topics.includes(topic) ? 4 : 1,
        configuration: {},
      })),
    );
    const { postgres, mysql } = stack.databases;
    const shared = {
      brokers: stack.kafka.brokers,
      converterSettings: codec === 'avro' ? stack.connectorConverterSettings : jsonConverters,
    };
    const login = { user: 'capture', password: account('capture').password, database: second.schema };
    const configurations = [
      legacyConnector({
        ...shared,
        database: { ...login, host: postgres.host, port: postgres.port },
        logOriginGuard: true,
        additionalSettings: {
          ...this.captureOf(first),
          'publication.name': second.schema,
          'slot.name': second.schema,
        },
      }).configuration,
      revampConnector({
        ...shared,
        database: { ...login, host: mysql.host, port: mysql.port },
        engine: 'mariadb',
        logOriginServerId: 77,
        additionalSettings: {
          ...this.captureOf(second),
          'database.server.id': String(6_000 + (Buffer.from(second.schema).at(-1) ?? 0)),
          'schema.history.internal.kafka.topic': schemaHistoryTopic(second.topicPrefix),
        },
      }).configuration,
    ];
    const connect = new ConnectClient({ url: stack.connect.url });
    for (const [index, side] of pair.sides.entries()) {
      const configuration = configurations[index] as (typeof configurations)[number];
      const declared = (): Promise<boolean> =>
        connect.createOrUpdate(side.topicPrefix, configuration).then(
          () => true,
          () => false,
        );
      await waitFor(declared, { ...deadline, what: `Kafka Connect to take ${side.topicPrefix}` });
    }
    await this.waitForCapture();
  }

  private captureOf(side: SideDeclaration): Record<string, string> {
    const tables = this.options.pair.tables
      .filter(({ oneWayFrom }) => oneWayFrom === undefined || oneWayFrom === side.name)
      .map(({ tables: names }) => `${side.schema}\\.${names[side.name] ?? ''}`);
    return {
      'topic.prefix': side.topicPrefix,
      'table.include.list': [...tables, 'rowbridge\\.heartbeat'].join(','),
      'signal.kafka.topic': signalTopic(side.topicPrefix),
      'signal.kafka.groupId': `signals-${side.topicPrefix}`,
      'notification.sink.topic.name': notificationTopic(side.topicPrefix),
    };
  }

  private async waitForCapture(): Promise<void> {
    const connect = new ConnectClient({ url: this.options.stack.connect.url });
    const [{ lsn } = { lsn: '' }] = await this.onPostgres(
      "select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text as lsn",
    );
    const [log = {}] = await this.onMysql('show master status');
    const noted: readonly NotedPosition[] = [
      { engine: 'postgres', lsn: String(lsn) },
      { engine: 'mariadb', file: String(log['File']), pos: String(log['Position']) },
    ];
    for (const [index, { topicPrefix }] of this.options.pair.sides.entries()) {
      await waitFor(
        async () => {
          const offset = await connect.committedSourceOffset(topicPrefix);
          return offset !== null && !offset.snapshotting && hasPassed(offset, noted[index] as NotedPosition);
        },
        { ...deadline, what: `${topicPrefix} to pass the end of its log` },
      );
    }
  }
}

async function createDatabases({ stack, pair, schema }: LivePairOptions): Promise<void> {
  const [first, second] = pair.sides;
  const database = second.schema;
  const { postgres, mysql } = stack.databases;
  await runOn('postgres', postgres.url, [`create database ${database}`]);
  await runOn('postgres', urlOfDatabase(postgres.url, database), [schema.postgres]);
  await runOn('mysql', mysql.url, [`create database ${database} character set utf8mb4 collate utf8mb4_bin`]);
  await runOn('mysql', urlOfDatabase(mysql.url, database), [schema.mysql]);
  const users = { captureUser: account('capture'), syncUser: account('sync') };
  const tablesOf = (side: SideDeclaration): string[] =>
    pair.tables.map(({ tables }) => tables[side.name] ?? '');
  await provisionPostgres({
    adminUrl: postgres.url,
    database,
    schema: 'public',
    tables: tablesOf(first),
    schemaFolders: [],
    publication: database,
    ...users,
  });
  await provisionMysql({
    adminUrl: mysql.url,
    database,
    tables: tablesOf(second),
    schemaFolders: [],
    ...users,
  });
}
