import { connectKafka, type KafkaConnection } from '@rowbridge/kafka';
import {
  removeStackFile,
  startStack,
  writeStackFile,
  type ProgressListener,
  type RunningStack,
} from '@rowbridge/embedded-stack';
import { deriveDirectionPlan, type DirectionPlan } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { ConnectClient } from 'debezium-connect-client';
import { messageOf } from '../launch-error.js';
import { dataDirectoryAccounts, type Accounts } from './accounts.js';
import { requireCapturable } from './capture-preflight.js';
import { registerCapture } from './capture.js';
import { Closers } from './closers.js';
import { startControlApi, type ControlApiService } from './control-api-service.js';
import { startDirectionServices, type LoopGuard } from './direction-services.js';
import { preparePairDatabases, type PairDatabases } from './pair-databases.js';
import { ServiceCounters } from './service-counters.js';
import type { ServiceEvent, ServiceProcess } from './service-process.js';
import { stackRecord } from './stack-record.js';

export interface SystemOptions {
  readonly dataDirectory: string;
  readonly mysqlFlavor: 'mariadb' | 'mysql8';
  readonly ports: 'usual' | 'free';
  readonly fresh?: boolean;
  /** Default: the log origin where the server has it. */
  readonly guard?: LoopGuard;
  /** The folder that gets `.rowbridge/stack.json`; none is written without it. */
  readonly stackFileFolder?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Further environment variables of both services. */
  readonly serviceSettings?: Readonly<Record<string, string>>;
  /** Further environment variables of the control API. */
  readonly controlApiSettings?: Readonly<Record<string, string>>;
  readonly onProgress?: ProgressListener;
  readonly abortSignal?: AbortSignal;
}

/** The legacy-revamp system, up: engines, capture, both directions, the control API. */
export interface RunningSystem {
  readonly system: 'legacy-revamp';
  readonly stack: RunningStack;
  readonly databases: PairDatabases;
  readonly kafka: KafkaConnection;
  readonly connect: ConnectClient;
  readonly connectors: { readonly legacy: string; readonly revamp: string };
  /** legacy's changes first. */
  readonly directions: readonly DirectionPlan[];
  readonly services: readonly ServiceProcess[];
  /** To see, steer and repair all of it over HTTP. */
  readonly controlApi: ControlApiService;
  /** By direction. */
  readonly counters: ReadonlyMap<string, ServiceCounters>;
  /** What stops a sync write from coming back, by side. */
  readonly guards: Readonly<Record<'legacy' | 'revamp', LoopGuard>>;
  /**
   * Removes the stack file, stops the services, then the engines, each whatever became of the others. Safe to call twice.
   * @throws what did not stop
   */
  stop(): Promise<void>;
}

/**
 * Brings the whole system up. Whatever fails, nothing is left running.
 * @throws StackError or LaunchError with its exit code; errors of databases and Kafka Connect as they raise them
 */
export async function startSystem(options: SystemOptions): Promise<RunningSystem> {
  const { dataDirectory, mysqlFlavor, ports, fresh = false, onProgress, abortSignal } = options;
  const stack = await startStack({
    dataDirectory,
    mysqlFlavor,
    ports,
    fresh,
    ...(onProgress && { onProgress }),
    ...(abortSignal && { abortSignal }),
  });
  const opened = new Closers();
  opened.add(() => stack.stop());
  try {
    return await assemble({ options, stack, opened });
  } catch (failure) {
    // Why it did not start counts; what fails after that is only said.
    await opened.closeAll().catch((left: unknown) => {
      onProgress?.({ item: 'Stopping', phase: 'note', detail: messageOf(left) });
    });
    throw failure;
  }
}

interface Assembly {
  readonly options: SystemOptions;
  readonly stack: RunningStack;
  readonly opened: Closers;
}

async function assemble({ options, stack, opened }: Assembly): Promise<RunningSystem> {
  const { onProgress = () => undefined, abortSignal } = options;
  const note = (item: string, phase: 'starting' | 'ready'): void => onProgress({ item, phase });
  const accounts = dataDirectoryAccounts(options.dataDirectory);
  note('Databases', 'starting');
  const databases = await preparePairDatabases(stack, accounts);
  opened.add(() => databases.close());
  const guards = resolveGuards(databases, options.guard ?? 'log_origin');
  const directions = ['legacy', 'revamp'].map((side) => deriveDirectionPlan(legacyRevamp, side));
  await requireCapturable({ databases, accounts, guards });
  note('Databases', 'ready');
  abortSignal?.throwIfAborted();

  const kafka = await connectKafka({
    brokers: stack.kafka.brokers,
    clientId: 'rowbridge-launcher',
    logger: silentLogger,
  });
  opened.add(() => kafka.close());
  // The first connector of a cold worker has its configuration checked class by class: slow where cores are busy.
  const connect = new ConnectClient({ url: stack.connect.url, timeoutMs: 60_000 });
  note('Capture', 'starting');
  const connectors = await registerCapture({
    stack,
    databases,
    accounts,
    guards,
    kafka: kafka.admin,
    connect,
  });
  note('Capture', 'ready');
  abortSignal?.throwIfAborted();
  return startServices(
    { options, stack, opened },
    { accounts, databases, directions, guards, kafka, connect, connectors },
  );
}

interface PreparedSystem extends Pick<
  RunningSystem,
  'databases' | 'directions' | 'guards' | 'kafka' | 'connect' | 'connectors'
> {
  readonly accounts: Accounts;
}

async function startServices(assembly: Assembly, prepared: PreparedSystem): Promise<RunningSystem> {
  const { options, stack, opened } = assembly;
  const { accounts, ...parts } = prepared;
  const { onProgress = () => undefined } = options;
  let refreshStackFile: () => void = () => undefined;
  const shared = {
    stack,
    databases: parts.databases,
    accounts,
    ports: options.ports,
    environment: options.environment ?? process.env,
    onEvent: (event: ServiceEvent) => {
      onProgress(serviceProgress(event));
      refreshStackFile();
    },
  };
  const controlApi = await startControlApi({
    ...shared,
    dataDirectory: options.dataDirectory,
    settings: options.controlApiSettings,
  });
  opened.add(() => controlApi.service.stop());
  const services = await startDirectionServices({
    ...shared,
    directions: parts.directions,
    guard: options.guard ?? 'log_origin',
    serviceSettings: options.serviceSettings,
  });
  opened.add(async () => {
    await Promise.all(services.map((service) => service.stop()));
  });
  await waitUntilReady([...services, controlApi.service], options);
  const counters = new Map(services.map((service) => [service.name, new ServiceCounters(service)]));
  opened.add(async () => {
    for (const counter of counters.values()) counter.close();
  });
  const { stackFileFolder: folder } = options;
  if (folder !== undefined) {
    refreshStackFile = () =>
      void writeStackFile(
        { folder },
        stackRecord({ system: 'legacy-revamp', stack, databases: parts.databases, services, controlApi }),
      );
    refreshStackFile();
    opened.add(async () => removeStackFile({ folder }));
  }
  return {
    system: 'legacy-revamp',
    stack,
    ...parts,
    services,
    controlApi,
    counters,
    stop: () => opened.closeAll(),
  };
}

async function waitUntilReady(
  services: readonly ServiceProcess[],
  { onProgress = () => undefined, abortSignal }: SystemOptions,
): Promise<void> {
  const note = (phase: 'starting' | 'ready'): void => {
    for (const { name, url } of services) onProgress({ item: name, phase, detail: url });
  };
  note('starting');
  await Promise.all(services.map((service) => service.waitUntilReady(abortSignal)));
  note('ready');
}

/** MySQL has no mark for the origin of a write in its log: there the source column guards alone. */
function resolveGuards(databases: PairDatabases, asked: LoopGuard): RunningSystem['guards'] {
  return { legacy: asked, revamp: databases.engine === 'mariadb' ? asked : 'source_column' };
}

function serviceProgress(event: ServiceEvent): Parameters<ProgressListener>[0] {
  if (event.kind === 'restarted') {
    return { item: event.service, phase: 'restarted', detail: `restart ${event.restarts}` };
  }
  const { status, signal } = event.end;
  const how = signal ?? `exit status ${status ?? 'unknown'}`;
  return { item: event.service, phase: 'exited', detail: `${how}; starts again in ${event.restartInMs} ms` };
}

/** The launcher reports what its own requests fail with; the client's talk in between is not for its users. */
const silentLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
