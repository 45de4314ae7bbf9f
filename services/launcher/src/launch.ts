import { createProgressReporter, readStackFile } from '@rowbridge/embedded-stack';
import { readCommandLine, type LaunchOptions } from './command-line.js';
import { dataDirectoryFor, workspaceRoot } from './data-location.js';
import { runWithDocker } from './docker/run-with-docker.js';
import { LaunchError, messageOf } from './launch-error.js';
import { LiveTable } from './report/live-table.js';
import { readLiveFigures } from './report/live-figures.js';
import { playOnce, type Play } from './report/play-once.js';
import { runOnce } from './run-once.js';
import { stayUp } from './stay-up.js';
import { startSystem, type RunningSystem } from './system/start-system.js';

/**
 * What `npm start` does, until it is done or the signal aborts.
 * @returns the exit code: 0 done, 1 not equal or not at rest in time
 * @throws LaunchError, StackError with their exit codes; the abort signal's reason
 */
export async function launch(commandArguments: readonly string[], abortSignal: AbortSignal): Promise<number> {
  const beganAt = performance.now();
  const options = readCommandLine(commandArguments);
  if (options === null) return 0;
  if (options.docker) {
    return runWithDocker({ fresh: options.fresh, environment: process.env, abortSignal, say });
  }
  const folder = stackFileFolder();
  refuseSecondStart(folder);
  const dataDirectory = dataDirectoryFor(options, process.env);
  say(`Data: ${dataDirectory}${options.fresh ? ' (wiped first)' : ''}`);
  const system = await startSystem({
    dataDirectory,
    mysqlFlavor: options.mysqlFlavor,
    ports: 'usual',
    fresh: options.fresh,
    stackFileFolder: folder,
    onProgress: createProgressReporter(process.stderr),
    abortSignal,
  });
  for (const line of describeControlApi(system)) say(line);
  let exitCode: number;
  try {
    exitCode = await present(system, options, { beganAt, abortSignal });
  } catch (failure) {
    // Why it ends counts; what fails after that is only said.
    await stop(system).catch((left: unknown) => say(messageOf(left)));
    throw failure;
  }
  await stop(system);
  return exitCode;
}

interface RunTimes {
  readonly beganAt: number;
  readonly abortSignal: AbortSignal;
}

async function present(
  system: RunningSystem,
  { once, json }: LaunchOptions,
  { beganAt, abortSignal }: RunTimes,
): Promise<number> {
  const play: Play = (told) => playOnce(system, { beganAt, abortSignal, ...told });
  if (once) return runOnce({ system, play, json, beganAt, abortSignal, print, say });
  return stayUp({
    play,
    table: new LiveTable(process.stderr, () => readLiveFigures(system)),
    addresses: describeAddresses(system),
    logDirectory: system.stack.logDirectory,
    abortSignal,
  });
}

async function stop(system: RunningSystem): Promise<void> {
  say('Stopping …');
  await system.stop();
}

function describeControlApi({ controlApi }: RunningSystem): readonly string[] {
  return [`Control API: ${controlApi.url} (described at /openapi.json), token: ${controlApi.token}`];
}

function describeAddresses(system: RunningSystem): readonly string[] {
  const { services, databases, stack } = system;
  return [
    '',
    ...describeControlApi(system),
    ...services.map(({ name, url }) => `${name}: ${url}/health  ${url}/metrics`),
    `legacy: PostgreSQL ${databases.legacy.version} on ${databases.legacy.host}:${databases.legacy.port}`,
    `revamp: ${databases.revamp.engine} ${databases.revamp.version} on ${databases.revamp.host}:${databases.revamp.port}`,
    `Kafka ${stack.kafka.brokers.join(', ')}, Kafka Connect ${stack.connect.url}, schema registry ${stack.schemaRegistry.url}`,
    'Users, passwords and complete addresses: .rowbridge/stack.json. Write on either side and see it cross. Ctrl-C stops everything.',
  ];
}

/** The folder that holds `.rowbridge/`. */
function stackFileFolder(): string {
  return workspaceRoot;
}

function refuseSecondStart(folder: string): void {
  const running = readStackFile({ folder });
  if (running === undefined) return;
  const { launcher, services } = running as {
    launcher?: { processId?: number };
    services?: Record<string, { url?: string }>;
  };
  const urls = Object.entries(services ?? {}).map(([name, service]) => `${name} ${service.url ?? ''}`);
  throw new LaunchError(
    `A stack is already up (process ${launcher?.processId ?? 'unknown'}; ${urls.join(', ')}). ` +
      'Stop it with Ctrl-C where it runs, or use it: .rowbridge/stack.json names everything.',
    3,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
