import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startStack,
  type DatabaseEndpoint,
  type RunningStack,
  type StackOptions,
} from '@rowbridge/embedded-stack';
import type { EngineProvider } from './engine-provider.js';

/** Real servers as child processes, on free ports, over folders that are removed at the end. */
export function createEmbeddedProvider(): EngineProvider {
  const shared = new Map<string, Promise<RunningStack>>();
  const started: Promise<RunningStack>[] = [];

  const start = (options: Partial<StackOptions>): Promise<RunningStack> => {
    const stack = startTemporaryStack(options);
    started.push(stack);
    return stack;
  };
  const share = (name: string, options: Partial<StackOptions>): Promise<RunningStack> => {
    const stack = shared.get(name) ?? start(options);
    shared.set(name, stack);
    return stack;
  };
  return {
    name: 'embedded',
    unavailableBecause: () => Promise.resolve(undefined),
    postgres: async ({ version = 18 } = {}): Promise<DatabaseEndpoint> => {
      const stack = await share(`postgres-${version}`, {
        components: ['postgres'],
        postgresVersion: version,
      });
      return stack.databases.postgres;
    },
    mysql: async ({ flavor = 'mariadb' } = {}): Promise<DatabaseEndpoint> => {
      const stack = await share(flavor, { components: ['mysql'], mysqlFlavor: flavor });
      return stack.databases.mysql;
    },
    kafkaStack: (options = {}) => start({ components: ['kafka'], ...options }),
    stop: async () => {
      const stacks = await Promise.allSettled(started);
      await Promise.all(
        stacks.flatMap((outcome) => (outcome.status === 'fulfilled' ? [stopAndRemove(outcome.value)] : [])),
      );
    },
  };
}

async function startTemporaryStack(options: Partial<StackOptions>): Promise<RunningStack> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'rowbridge-test-'));
  try {
    return await startStack({ dataDirectory, ...options, ports: 'free' });
  } catch (failure) {
    rmSync(dataDirectory, { recursive: true, force: true });
    throw failure;
  }
}

async function stopAndRemove(stack: RunningStack): Promise<void> {
  await stack.stop();
  rmSync(stack.dataDirectory, { recursive: true, force: true });
}
