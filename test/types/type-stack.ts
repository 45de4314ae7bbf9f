import { createChangeDecoder } from '@rowbridge/change-event';
import type { ChangeDecoder, RawRecord } from '@rowbridge/change-event';
import { createPostgresPool } from '@rowbridge/database-access';
import { connectKafka, createRegistrySchemaSource } from '@rowbridge/kafka';
import type { KafkaConnection } from '@rowbridge/kafka';
import type { RunningStack } from '@rowbridge/embedded-stack';
import { createDatabase, sharedEngineUrl } from '@rowbridge/testing';
import type { EngineProvider, TestDatabase } from '@rowbridge/testing';
import { migrateMysql } from '@rowbridge/writer-mysql';
import { migratePostgres } from '@rowbridge/writer-postgres';
import { ConnectClient } from 'debezium-connect-client';
import { readTopic } from './read-topic.js';
import { startTypeConnector, typePrefix } from './type-connector.js';
import type { EngineName } from './type-column.js';

export const engineNames: readonly EngineName[] = ['postgres', 'mysql8', 'mariadb'];

const quiet = (): void => undefined;
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** The three servers with a database each, captured by real connectors into a real broker. */
export class TypeStack {
  readonly databases: Readonly<Record<EngineName, TestDatabase>>;
  readonly #stack: RunningStack;
  readonly #kafka: KafkaConnection;

  private constructor(
    stack: RunningStack,
    kafka: KafkaConnection,
    databases: Readonly<Record<EngineName, TestDatabase>>,
  ) {
    this.#stack = stack;
    this.#kafka = kafka;
    this.databases = databases;
  }

  static async start(provider: EngineProvider): Promise<TypeStack> {
    if (!provider.kafkaStack) throw new Error(`no Kafka from ${provider.name}`);
    const [stack, mysql8] = await Promise.all([
      provider.kafkaStack({ components: ['kafka', 'schemaRegistry', 'connect'] }),
      provider.mysql({ flavor: 'mysql8' }),
    ]);
    const kafka = await connectKafka({ brokers: stack.kafka.brokers, clientId: 'types', logger: silent });
    const databases = {
      postgres: await createDatabase('postgres', { serverUrl: sharedEngineUrl('postgres') }),
      mysql8: await createDatabase('mariadb', { serverUrl: mysql8.url }),
      mariadb: await createDatabase('mariadb', { serverUrl: sharedEngineUrl('mariadb') }),
    };
    await Promise.all([
      migrateOn(databases.postgres.url),
      migrateMysql(databases.mysql8.url),
      migrateMysql(databases.mariadb.url),
    ]);
    return new TypeStack(stack, kafka, databases);
  }

  /** Full server versions. */
  async versions(): Promise<Readonly<Record<EngineName, string>>> {
    const read = async (engine: EngineName): Promise<string> => {
      const [row] = await this.databases[engine].run('select version() as version');
      return /\d+\.\d+(?:\.\d+)?/.exec(String(row?.['version']))?.[0] ?? '';
    };
    const [postgres, mysql8, mariadb] = await Promise.all(engineNames.map(read));
    return { postgres: postgres ?? '', mysql8: mysql8 ?? '', mariadb: mariadb ?? '' };
  }

  async debeziumVersion(): Promise<string> {
    const plugins = await new ConnectClient({ url: this.#stack.connect.url, timeoutMs: 60_000 }).plugins();
    return plugins.find((plugin) => plugin.class.endsWith('.PostgresConnector'))?.version ?? '';
  }

  /** The schema or database that holds an engine's tables. */
  schemaOf(engine: EngineName): string {
    return engine === 'postgres' ? 'public' : this.databases[engine].name;
  }

  topicOf(engine: EngineName, table: string): string {
    return `${typePrefix(engine)}.${this.schemaOf(engine)}.${table}`;
  }

  /** Captures tables that exist; returns when changes from now on are captured. */
  async capture(engine: EngineName, tables: readonly string[]): Promise<void> {
    const topics = tables.map((table) => this.topicOf(engine, table));
    if (engine === 'postgres') await this.databases[engine].run('create publication types for all tables');
    await startTypeConnector({
      engine,
      prefix: typePrefix(engine),
      database: this.databases[engine],
      schema: this.schemaOf(engine),
      tables,
      topics,
      stack: this.#stack,
      kafka: this.#kafka,
    });
  }

  /** Reads a topic of one partition from its beginning until it holds that many records. */
  async readTopic(topic: string, count: number): Promise<readonly RawRecord[]> {
    return readTopic(this.#kafka, topic, count);
  }

  decoder(): ChangeDecoder {
    return createChangeDecoder({
      schemas: createRegistrySchemaSource({ url: this.#stack.schemaRegistry.confluentUrl }),
      connectors: engineNames.map((engine) => ({
        topicPrefix: typePrefix(engine),
        engineFamily: engine === 'postgres' ? 'postgres' : 'mysql',
        epoch: 1,
      })),
    });
  }

  async close(): Promise<void> {
    await this.#kafka.close();
    await this.#stack.stop();
    for (const engine of engineNames) await this.databases[engine].drop();
  }
}

async function migrateOn(url: string): Promise<void> {
  const pool = createPostgresPool({ url, maxOpen: 1 });
  const connection = await pool.connect();
  try {
    await migratePostgres(connection);
  } finally {
    connection.release();
    await pool.end();
  }
}
