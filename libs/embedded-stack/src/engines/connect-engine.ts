import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineContext } from './engine.js';
import {
  classPath,
  javaFlags,
  javaProgram,
  prepareJavaFolder,
  loggingConfiguration,
  propertiesFile,
  type JavaRuntime,
} from './java-launch.js';
import { largestMessageBytes } from './kafka-engine.js';
import { answersHttp } from './network-probes.js';

export interface ConnectOptions extends EngineContext {
  /** Folder of Kafka's jars. */
  libraries: string;
  /** Each holds folders that are one plugin each. */
  pluginFolders: readonly string[];
  title: string;
  port: number;
  brokers: readonly string[];
  java: JavaRuntime;
  additionalSettings: Readonly<Record<string, string>>;
}

/** Converters are given per connector; offsets are flushed often, because settling a row waits for them. */
function workerSettings(options: ConnectOptions): Record<string, string | number> {
  return {
    'bootstrap.servers': options.brokers.join(','),
    'group.id': 'rowbridge-connect',
    listeners: `http://127.0.0.1:${options.port}`,
    'rest.advertised.host.name': '127.0.0.1',
    'rest.advertised.port': options.port,
    'key.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'config.storage.topic': 'rowbridge.connect.configs',
    'config.storage.replication.factor': 1,
    'offset.storage.topic': 'rowbridge.connect.offsets',
    'offset.storage.replication.factor': 1,
    'offset.storage.partitions': 4,
    'status.storage.topic': 'rowbridge.connect.status',
    'status.storage.replication.factor': 1,
    'status.storage.partitions': 2,
    'offset.flush.interval.ms': 200,
    'connector.client.config.override.policy': 'All',
    'scheduled.rebalance.max.delay.ms': 0,
    'task.shutdown.graceful.timeout.ms': 5_000,
    'session.timeout.ms': 6_000,
    'heartbeat.interval.ms': 2_000,
    'producer.max.request.size': largestMessageBytes,
    // A record that does not fit the buffer stops its connector as one beyond the largest request does.
    'producer.buffer.memory': 2 * largestMessageBytes,
    // Every plugin here declares itself as a service; scanning all classes instead costs 5 to 13 s.
    'plugin.discovery': 'service_load',
    'plugin.path': options.pluginFolders.join(','),
    ...options.additionalSettings,
  };
}

export function createConnectEngine(options: ConnectOptions): Engine {
  const configuration = join(options.folder, 'connect.properties');
  const logging = join(options.folder, 'log4j2.properties');
  return {
    component: 'connect',
    title: options.title,
    address: `http://127.0.0.1:${options.port}`,
    after: ['kafka'],
    readyTimeoutMs: 120_000,
    prepare: async () => {
      await prepareJavaFolder(options.folder);
      await writeFile(configuration, propertiesFile(workerSettings(options)), { mode: 0o600 });
      await writeFile(logging, loggingConfiguration);
    },
    launchSpecification: () => ({
      command: javaProgram(options.java),
      commandArguments: [
        ...javaFlags({
          runtime: options.java,
          archiveName: 'connect',
          heapMegabytes: 768,
          folder: options.folder,
        }),
        `-Dlog4j2.configurationFile=${logging}`,
        '-cp',
        classPath(options.libraries),
        'org.apache.kafka.connect.cli.ConnectDistributed',
        configuration,
      ],
      environment: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      workingDirectory: options.folder,
      logFile: options.logFile,
      stopSignal: 'TERM',
      stopTimeoutMs: 20_000,
    }),
    isReady: () => answersHttp(`http://127.0.0.1:${options.port}/connectors`),
  };
}
