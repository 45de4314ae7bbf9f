import { randomBytes } from 'node:crypto';
import type { DatabaseEndpoint } from '@rowbridge/embedded-stack';
import type { StartedTestContainer } from 'testcontainers';
import type { EngineProvider } from './engine-provider.js';

interface ContainerEngine {
  engine: DatabaseEndpoint['engine'];
  image: string;
  version: string;
  port: number;
  user: string;
  passwordVariable: string;
  database: string;
  command: readonly string[];
  readyMessage: RegExp;
  /** How often the message comes until the final server is up: the first is the image's own set-up. */
  readyTimes: number;
}

const postgresArguments = [
  'wal_level=logical',
  'track_commit_timestamp=on',
  'max_replication_slots=50',
  'max_wal_senders=50',
  'max_connections=200',
];
const binaryLogArguments = [
  ...[
    '--log-bin=binlog',
    '--server-id=1',
    '--binlog-format=ROW',
    '--binlog-row-image=FULL',
    '--binlog-row-metadata=FULL',
  ],
  ...[
    '--default-time-zone=+00:00',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
  ],
];

/** Docker's images of the same servers. The Kafka stack is offered by the embedded provider alone. */
export function createTestcontainersProvider(): EngineProvider {
  const started = new Map<string, Promise<StartedEngine>>();
  const share = async (engine: ContainerEngine): Promise<DatabaseEndpoint> => {
    const running = started.get(engine.image) ?? startContainer(engine);
    started.set(engine.image, running);
    return (await running).endpoint;
  };
  return {
    name: 'testcontainers',
    unavailableBecause: async () => {
      try {
        // Loaded only when it is used: it is large, and most runs do without it.
        const { getContainerRuntimeClient } = await import('testcontainers');
        await getContainerRuntimeClient();
        return undefined;
      } catch (failure) {
        return `no Docker engine answers (${failure instanceof Error ? failure.message : String(failure)})`;
      }
    },
    postgres: ({ version = 18 } = {}) => share(postgresContainer(version)),
    mysql: ({ flavor = 'mariadb' } = {}) =>
      share(flavor === 'mariadb' ? mariadbContainer() : mysqlContainer()),
    stop: async () => {
      const containers = await Promise.allSettled(started.values());
      await Promise.all(
        containers.flatMap((outcome) =>
          outcome.status === 'fulfilled' ? [outcome.value.container.stop()] : [],
        ),
      );
    },
  };
}

interface StartedEngine {
  container: StartedTestContainer;
  endpoint: DatabaseEndpoint;
}

async function startContainer(engine: ContainerEngine): Promise<StartedEngine> {
  const password = randomBytes(18).toString('base64url');
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(engine.image)
    .withEnvironment({ [engine.passwordVariable]: password })
    .withExposedPorts(engine.port)
    .withCommand([...engine.command])
    .withWaitStrategy(Wait.forLogMessage(engine.readyMessage, engine.readyTimes))
    .start();
  const host = container.getHost();
  const port = container.getMappedPort(engine.port);
  const scheme = engine.engine === 'postgresql' ? 'postgres' : 'mysql';
  const { user, database, version } = engine;
  const url = `${scheme}://${user}:${password}@${host}:${port}/${database}`;
  return {
    container,
    endpoint: { engine: engine.engine, version, host, port, user, password, database, url },
  };
}

function postgresContainer(version: number): ContainerEngine {
  return {
    engine: 'postgresql',
    image: `postgres:${version}`,
    version: String(version),
    port: 5432,
    user: 'postgres',
    passwordVariable: 'POSTGRES_PASSWORD',
    database: 'postgres',
    command: ['postgres', ...postgresArguments.flatMap((setting) => ['-c', setting])],
    readyMessage: /database system is ready to accept connections/,
    readyTimes: 2,
  };
}

function mariadbContainer(): ContainerEngine {
  return {
    engine: 'mariadb',
    image: 'mariadb:11.4.5',
    version: '11.4.5',
    port: 3306,
    user: 'root',
    passwordVariable: 'MARIADB_ROOT_PASSWORD',
    database: 'mysql',
    command: [...binaryLogArguments, '--gtid-strict-mode=ON'],
    readyMessage: /mariadbd: ready for connections/,
    readyTimes: 2,
  };
}

function mysqlContainer(): ContainerEngine {
  return {
    engine: 'mysql',
    image: 'mysql:8.0',
    version: '8.0',
    port: 3306,
    user: 'root',
    passwordVariable: 'MYSQL_ROOT_PASSWORD',
    database: 'mysql',
    command: [...binaryLogArguments, '--gtid-mode=ON', '--enforce-gtid-consistency=ON'],
    readyMessage: /mysqld: ready for connections/,
    readyTimes: 2,
  };
}
