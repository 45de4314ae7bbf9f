import { join } from 'node:path';
import type { ArtifactCache } from './artifacts/artifact-cache.js';
import { artifacts, engineVersions, type ArtifactName } from './artifacts/catalog.js';
import { findSystemLibraries } from './artifacts/system-libraries.js';
import type { Credentials } from './credentials.js';
import type { OpenDataDirectory } from './data-directory.js';
import { createConnectEngine } from './engines/connect-engine.js';
import type { Engine } from './engines/engine.js';
import type { JavaRuntime } from './engines/java-launch.js';
import { createKafkaEngine } from './engines/kafka-engine.js';
import { createMariadbEngine } from './engines/mariadb-engine.js';
import { createMysql8Engine } from './engines/mysql8-engine.js';
import { createPostgresEngine } from './engines/postgres-engine.js';
import { createSchemaRegistryEngine } from './engines/schema-registry-engine.js';
import type { PortChooser } from './ports.js';
import type { Environment } from './prerequisites.js';
import { StackError } from './stack-error.js';
import type { MysqlFlavor, PostgresVersion, StackComponent } from './stack-types.js';

/** What the engines of one stack share. */
export interface EngineFactoryContext {
  cache: ArtifactCache;
  cacheFolder: string;
  data: OpenDataDirectory;
  credentials: Credentials;
  ports: PortChooser;
  /** Absent when no component of this stack is a Java program. */
  java: JavaRuntime | undefined;
  environment: Environment;
  mysqlFlavor: MysqlFlavor;
  postgresVersion: PostgresVersion;
  connectWorkerSettings: Readonly<Record<string, string>>;
  abortSignal: AbortSignal;
  /** The broker's port, known once Kafka's engine exists. */
  kafkaPort: () => Promise<number>;
}

export interface CreatedEngine {
  engine: Engine;
  port: number;
}

type EngineFactory = (context: EngineFactoryContext) => Promise<CreatedEngine>;

/** Fetches what a component needs, chooses its ports, and describes how it runs. */
export const engineFactories: Readonly<Record<StackComponent, EngineFactory>> = {
  kafka: createKafka,
  schemaRegistry: createSchemaRegistry,
  connect: createConnect,
  postgres: createPostgres,
  mysql: createMysqlFamily,
};

async function createKafka(context: EngineFactoryContext): Promise<CreatedEngine> {
  const installation = await context.cache.ensure('kafka');
  const port = await context.ports.choose(9092);
  const engine = createKafkaEngine({
    ...shared(context, 'kafka', context.data.path),
    libraries: join(installation, 'kafka'),
    title: artifacts.kafka.title,
    port,
    controllerPort: await context.ports.chooseFree(),
    clusterId: context.credentials.kafkaClusterId,
    java: requireRuntime(context),
  });
  return { engine, port };
}

async function createSchemaRegistry(context: EngineFactoryContext): Promise<CreatedEngine> {
  const installation = await context.cache.ensure('schema-registry');
  const port = await context.ports.choose(8081);
  const engine = createSchemaRegistryEngine({
    ...shared(context, 'schema-registry', context.data.path),
    installation,
    title: artifacts['schema-registry'].title,
    port,
    managementPort: await context.ports.chooseFree(),
    java: requireRuntime(context),
  });
  return { engine, port };
}

async function createConnect(context: EngineFactoryContext): Promise<CreatedEngine> {
  const plugins = ['debezium-postgres', 'debezium-mysql', 'debezium-mariadb', 'avro-converter'] as const;
  const [kafka, ...pluginFolders] = await Promise.all(
    (['kafka', ...plugins] as const).map((name) => context.cache.ensure(name)),
  );
  const brokerPort = await context.kafkaPort();
  const port = await context.ports.choose(8083);
  const engine = createConnectEngine({
    ...shared(context, 'connect', context.data.path),
    libraries: join(kafka ?? '', 'kafka'),
    pluginFolders,
    title: `Kafka Connect ${engineVersions.kafka}`,
    port,
    brokers: [`127.0.0.1:${brokerPort}`],
    java: requireRuntime(context),
    additionalSettings: context.connectWorkerSettings,
  });
  return { engine, port };
}

async function createPostgres(context: EngineFactoryContext): Promise<CreatedEngine> {
  const name: ArtifactName = `postgres-${context.postgresVersion}`;
  const installation = await context.cache.ensure(name);
  const port = await context.ports.choose(5432);
  const engine = createPostgresEngine({
    ...shared(context, name, context.data.databaseFolder),
    installation,
    major: context.postgresVersion,
    title: artifacts[name].title,
    port,
    password: context.credentials.postgresPassword,
  });
  return { engine, port };
}

async function createMysqlFamily(context: EngineFactoryContext): Promise<CreatedEngine> {
  const name = context.mysqlFlavor;
  const libraryFolder =
    name === 'mysql8'
      ? await findSystemLibraries({ cacheDirectory: context.cacheFolder, environment: context.environment })
      : undefined;
  const installation = await context.cache.ensure(name);
  const port = await context.ports.choose(3306);
  const options = {
    ...shared(context, name, context.data.databaseFolder),
    installation,
    title: artifacts[name].title,
    port,
    password: context.credentials.mysqlPassword,
  };
  const engine =
    name === 'mysql8' ? createMysql8Engine({ ...options, libraryFolder }) : createMariadbEngine(options);
  return { engine, port };
}

function shared(
  context: EngineFactoryContext,
  name: string,
  base: string,
): { folder: string; logFile: string; abortSignal: AbortSignal } {
  return {
    folder: join(base, name),
    logFile: join(context.data.logFolder, `${name}.log`),
    abortSignal: context.abortSignal,
  };
}

function requireRuntime(context: EngineFactoryContext): JavaRuntime {
  if (context.java === undefined)
    throw new StackError('A Java is needed for this component and none was looked for.');
  return context.java;
}
