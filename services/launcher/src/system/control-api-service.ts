import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PortChooser, type RunningStack } from '@rowbridge/embedded-stack';
import { workspaceRoot } from '../data-location.js';
import type { Accounts } from './accounts.js';
import type { PairDatabases } from './pair-databases.js';
import { connectionEnvironment, passedOnEnvironment } from './service-environment.js';
import { ServiceProcess, type ServiceEvent } from './service-process.js';

/** Port the control API tries; the next free one where it is taken. */
const usualPort = 8080;

/**
 * Node's heap grows far beyond what the API needs unless it is told to collect earlier, megabytes; one thread for V8's own
 * work instead of four takes 10 MB less.
 */
const heapOptions = '--max-semi-space-size=2 --max-old-space-size=96 --v8-pool-size=1';

export interface ControlApiOptions {
  readonly stack: RunningStack;
  readonly databases: PairDatabases;
  readonly accounts: Accounts;
  /** Gets the control store's file. */
  readonly dataDirectory: string;
  readonly ports: 'usual' | 'free';
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Further environment variables; they win. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly onEvent?: ((event: ServiceEvent) => void) | undefined;
}

/** The running control API and how to use it. */
export interface ControlApiService {
  readonly service: ServiceProcess;
  readonly url: string;
  /** May do everything; generated anew at each start. */
  readonly token: string;
}

/**
 * Starts the control API as a process of its own, as an operator would: by environment variables alone.
 * @throws Error when Node cannot be started
 */
export async function startControlApi(options: ControlApiOptions): Promise<ControlApiService> {
  const { stack, dataDirectory, environment } = options;
  const token = randomBytes(24).toString('base64url');
  const service = await ServiceProcess.start({
    name: 'control-api',
    program: join(workspaceRoot, 'services', 'control-api', 'dist', 'main.js'),
    environment: {
      ...passedOnEnvironment(environment, heapOptions),
      ...connectionEnvironment(options),
      ROWBRIDGE_TOKENS: `launcher read,operate,replay,unmask ${token}`,
      ROWBRIDGE_CONTROL_STORE_URL: `sqlite:${join(dataDirectory, 'control.db')}`,
      ...options.settings,
    },
    logFile: join(stack.logDirectory, 'control-api.log'),
    workingDirectory: workspaceRoot,
    port: await new PortChooser(options.ports).choose(usualPort),
    onEvent: options.onEvent,
  });
  return { service, url: service.url, token };
}
