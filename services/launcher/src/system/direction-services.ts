import { join } from 'node:path';
import { PortChooser, type RunningStack } from '@rowbridge/embedded-stack';
import type { DirectionPlan } from '@rowbridge/mapping';
import { workspaceRoot } from '../data-location.js';
import type { Accounts } from './accounts.js';
import type { PairDatabases } from './pair-databases.js';
import { connectionEnvironment, passedOnEnvironment } from './service-environment.js';
import { ServiceProcess, type ServiceEvent } from './service-process.js';

/** First port the services' health servers try; each takes the next free one. */
const usualPort = 8091;

/** Which guard against loops acts; `source_column` switches the log origin off everywhere. */
export type LoopGuard = 'log_origin' | 'source_column';

export interface DirectionServicesOptions {
  readonly stack: RunningStack;
  readonly databases: PairDatabases;
  readonly accounts: Accounts;
  readonly directions: readonly DirectionPlan[];
  readonly guard: LoopGuard;
  readonly ports: 'usual' | 'free';
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Further environment variables of both services; they win. */
  readonly serviceSettings?: Readonly<Record<string, string>> | undefined;
  readonly onEvent?: ((event: ServiceEvent) => void) | undefined;
}

/**
 * Starts one process for each direction, as an operator would: by environment variables alone.
 * @throws LaunchError exit 3 when one ends before it is ready, with its last words
 */
export async function startDirectionServices(
  options: DirectionServicesOptions,
): Promise<readonly ServiceProcess[]> {
  const started: ServiceProcess[] = [];
  const ports = new PortChooser(options.ports);
  try {
    for (const [index, { name }] of options.directions.entries()) {
      started.push(
        await ServiceProcess.start({
          name,
          program: join(workspaceRoot, 'services', name, 'dist', 'main.js'),
          environment: serviceEnvironment(options),
          logFile: join(options.stack.logDirectory, `${name}.log`),
          workingDirectory: workspaceRoot,
          port: await ports.choose(usualPort + index),
          onEvent: options.onEvent,
        }),
      );
    }
    return started;
  } catch (failure) {
    await Promise.all(started.map((service) => service.stop()));
    throw failure;
  }
}

/** Node's heap grows far beyond what a direction needs unless it is told to collect earlier; megabytes. */
const heapOptions = '--max-semi-space-size=16 --max-old-space-size=144';

function serviceEnvironment(options: DirectionServicesOptions): Readonly<Record<string, string | undefined>> {
  const { guard, environment } = options;
  return {
    ...passedOnEnvironment(environment, heapOptions),
    ...connectionEnvironment(options),
    ROWBRIDGE_GUARDS_LOG_ORIGIN: guard === 'log_origin' ? 'auto' : 'off',
    // On one machine a killed service is back within seconds; its partitions should not wait half a minute for it.
    ROWBRIDGE_KAFKA_SESSION_TIMEOUT_MS: '10000',
    ...options.serviceSettings,
  };
}
