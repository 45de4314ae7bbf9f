import {
  declaredTopics,
  legacyCapture,
  legacyConnector,
  revampCapture,
  revampConnector,
  type ConnectorDeclaration,
} from '@rowbridge/connectors';
import {
  createMysqlPool,
  createPostgresPool,
  provisionMysql,
  provisionPostgres,
  type MysqlPool,
  type PostgresPool,
} from '@rowbridge/database-access';
import type { RunningStack } from '@rowbridge/embedded-stack';
import { connectKafka, type KafkaConnection } from '@rowbridge/kafka';
import { waitFor } from '@rowbridge/testing';
import { ConnectClient, hasPassed, type NotedPosition } from 'debezium-connect-client';
import { binlogEnd, legacySide, revampSide, urlAs, userNamed, type Side } from './captured-sides.js';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

interface Connections {
  readonly kafka: KafkaConnection;
  readonly legacyPool: PostgresPool;
  readonly revampPool: MysqlPool;
}

/** Both databases provisioned for the declared connectors, with what tells how far those have come. */
export class CapturedPair {
  readonly connect: ConnectClient;
  readonly declarations: readonly ConnectorDeclaration[];
  readonly kafka: KafkaConnection;
  readonly sides: { readonly legacy: Side; readonly revamp: Side };
  readonly #legacyPool: PostgresPool;
  readonly #revampPool: MysqlPool;

  private constructor(
    readonly stack: RunningStack,
    { kafka, legacyPool, revampPool }: Connections,
  ) {
    this.connect = new ConnectClient({ url: stack.connect.url });
    this.declarations = declareConnectors(stack);
    this.kafka = kafka;
    this.sides = { legacy: legacySide(legacyPool), revamp: revampSide(revampPool) };
    this.#legacyPool = legacyPool;
    this.#revampPool = revampPool;
  }

  static async open(stack: RunningStack): Promise<CapturedPair> {
    await provision(stack);
    const { postgres, mysql } = stack.databases;
    const kafka = await connectKafka({
      brokers: stack.kafka.brokers,
      clientId: 'capture-test',
      logger: silent,
    });
    await kafka.admin.createTopics(declaredTopics('legacy-revamp'));
    return new CapturedPair(stack, {
      kafka,
      legacyPool: createPostgresPool({ url: urlAs(postgres, 'legacy_db', 'sync') }),
      revampPool: createMysqlPool({ url: urlAs(mysql, 'revamp_db', 'sync') }),
    });
  }

  async close(): Promise<void> {
    await this.kafka.close();
    await this.#legacyPool.end();
    await this.#revampPool.end();
  }

  async recordsOf(topic: string): Promise<number> {
    const offsets = await this.kafka.admin.topicOffsets(topic);
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  }

  async waitUntilPassed({ connector }: Side, noted: NotedPosition): Promise<void> {
    await waitFor(
      async () => {
        const [task] = (await this.connect.status(connector))?.tasks ?? [];
        if (task?.state === 'FAILED') throw new Error(task.trace ?? 'the task has failed');
        const offset = await this.connect.committedSourceOffset(connector);
        return offset !== null && hasPassed(offset, noted);
      },
      { deadlineMs: 15_000, what: `${connector} to pass the noted position` },
    );
  }

  /** Makes the stopped revamp connector believe that it had come as far as the log goes. */
  async moveOffsetToEnd(): Promise<void> {
    const { file, pos } = await this.revampLogEnd();
    const [rows] = await this.#revampPool.query({ sql: 'select @@gtid_binlog_pos', rowsAsArray: true });
    const [gtids = ''] = (rows as string[][])[0] ?? [];
    const offset = { ts_sec: Math.floor(Date.now() / 1_000), file, pos: Number(pos), gtids };
    const body = JSON.stringify({ offsets: [{ partition: { server: 'revamp' }, offset }] });
    await waitFor(
      async () => {
        const answer = await fetch(`${this.stack.connect.url}/connectors/revamp/offsets`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body,
        });
        return answer.ok;
      },
      { deadlineMs: 15_000, what: 'the connector to have stopped' },
    );
  }

  revampLogEnd(): Promise<{ file: string; pos: string }> {
    return binlogEnd(this.#revampPool);
  }
}

async function provision({ databases: { postgres, mysql } }: RunningStack): Promise<void> {
  const users = {
    captureUser: userNamed('capture'),
    syncUser: userNamed('sync'),
    applicationUser: userNamed('application'),
  };
  await provisionPostgres({
    adminUrl: postgres.url,
    database: 'legacy_db',
    schema: 'public',
    tables: legacyCapture.tables,
    schemaFolders: ['legacy/postgres'],
    publication: legacyCapture.publication,
    ...users,
  });
  await provisionMysql({
    adminUrl: mysql.url,
    database: 'revamp_db',
    tables: revampCapture.tables,
    schemaFolders: ['revamp/{engine}'],
    ...users,
  });
}

function declareConnectors(stack: RunningStack): readonly ConnectorDeclaration[] {
  const shared = { brokers: stack.kafka.brokers, converterSettings: stack.connectorConverterSettings };
  const login = { user: 'capture', password: userNamed('capture').password };
  const { postgres, mysql } = stack.databases;
  return [
    legacyConnector({
      ...shared,
      database: { host: postgres.host, port: postgres.port, database: 'legacy_db', ...login },
      logOriginGuard: true,
    }),
    revampConnector({
      ...shared,
      database: { host: mysql.host, port: mysql.port, database: 'revamp_db', ...login },
      engine: 'mariadb',
    }),
  ];
}
