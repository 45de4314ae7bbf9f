import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGuarded, type LaunchSpecification } from '../processes/guarded-process.js';
import { StackError } from '../stack-error.js';
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
import { logTail } from './log-tail.js';
import { answersKafkaMetadata } from './network-probes.js';

export interface KafkaOptions extends EngineContext {
  /** Folder of Kafka's jars. */
  libraries: string;
  title: string;
  port: number;
  controllerPort: number;
  clusterId: string;
  java: JavaRuntime;
}

/**
 * Larger than the default 1 MB: an update carries a large value twice, in JSON as base64 by a third longer, and a dead
 * letter is the record it stands for plus its headers.
 */
export const largestMessageBytes = 33_554_432;

/** One broker that is its own controller; nothing creates topics by accident, groups form at once. */
function brokerSettings(options: KafkaOptions, dataFolder: string): Record<string, string | number> {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${options.controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${options.port},CONTROLLER://127.0.0.1:${options.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${options.port}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': dataFolder,
    'auto.create.topics.enable': 'false',
    'default.replication.factor': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'message.max.bytes': largestMessageBytes,
    'replica.fetch.max.bytes': largestMessageBytes,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 33_554_432,
  };
}

export function createKafkaEngine(options: KafkaOptions): Engine {
  const dataFolder = join(options.folder, 'data');
  const configuration = join(options.folder, 'server.properties');
  const logging = join(options.folder, 'log4j2.properties');
  const launch = (mainClass: string, programArguments: string[], flags: string[]): LaunchSpecification => ({
    command: javaProgram(options.java),
    commandArguments: [
      ...flags,
      `-Dlog4j2.configurationFile=${logging}`,
      '-cp',
      classPath(options.libraries),
      mainClass,
      ...programArguments,
    ],
    environment: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    workingDirectory: options.folder,
    logFile: options.logFile,
    stopSignal: 'TERM',
    stopTimeoutMs: 20_000,
  });
  return {
    component: 'kafka',
    title: options.title,
    address: `127.0.0.1:${options.port}`,
    after: [],
    readyTimeoutMs: 90_000,
    prepare: async () => {
      await prepareJavaFolder(options.folder);
      await writeFile(configuration, propertiesFile(brokerSettings(options, dataFolder)));
      await writeFile(logging, loggingConfiguration);
      if (existsSync(join(dataFolder, 'meta.properties'))) return;
      const status = await runGuarded(
        launch(
          'kafka.tools.StorageTool',
          ['format', '--cluster-id', options.clusterId, '--config', configuration],
          ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'],
        ),
        options.abortSignal,
      );
      options.abortSignal?.throwIfAborted();
      if (status !== 0) {
        throw new StackError(
          `${options.title} could not format its storage (exit ${status}). ${logTail(options.logFile)}`,
        );
      }
    },
    launchSpecification: () =>
      launch(
        'kafka.Kafka',
        [configuration],
        javaFlags({
          runtime: options.java,
          archiveName: 'kafka',
          heapMegabytes: 512,
          folder: options.folder,
        }),
      ),
    isReady: () => answersKafkaMetadata(options.port),
  };
}
