import { createProgressReporter, readStackFile } from '@rowbridge/embedded-stack';
import { readCommandLine, type LaunchOptions } from './command-line.js';
import { dataDirectoryFor, workspaceRoot } from './data-location.js';
import { runWithDocker } from './docker/run-with-docker.js';
import { LaunchError } from './launch-error.js';
import { LiveTable } from './report/live-table.js';
import { readLiveFigures } from './report/live-figures.js';
import { playOnce, type PlayedRun } from './report/play-once.js';
import { formatFaults, formatReport } from './report/print-report.js';
import { startSystem, type RunningSystem } from './system/start-system.js';

/**
 * What `npm start` does, until it is done or the signal aborts.
 * @returns the exit code: 0 done, 1 not equal
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
  try {
    return await (options.once
      ? runOnce(system, options, { beganAt, abortSignal })
      : stayUp(system, abortSignal));
  } finally {
    say('Stopping …');
    await system.stop();
  }
}

interface RunTimes {
  readonly beganAt: number;
  readonly abortSignal: AbortSignal;
}

async function runOnce(system: RunningSystem, options: LaunchOptions, times: RunTimes): Promise<number> {
  const played = await playOnce(system, { ...times, onStep: say, onChapter: sayChapter(say) });
  if (options.json) {
    for (const line of formatFaults(played)) say(line);
    process.stdout.write(`${JSON.stringify(played.report)}\n`);
  } else {
    for (const line of formatReport(played)) process.stdout.write(`${line}\n`);
  }
  return played.report.ok ? 0 : 1;
}

async function stayUp(system: RunningSystem, abortSignal: AbortSignal): Promise<number> {
  const table = new LiveTable(process.stderr, () => readLiveFigures(system));
  const tell = (text: string): void => table.say(text);
  table.start();
  try {
    tell('Two applications now write on both sides; every change crosses:');
    const played: PlayedRun = await playOnce(system, {
      abortSignal,
      onStep: tell,
      onChapter: sayChapter(tell),
    });
    for (const line of formatReport(played)) tell(line);
    for (const line of describeAddresses(system)) tell(line);
    await table.show();
    await aborted(abortSignal);
    return 0;
  } finally {
    table.stop();
  }
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

function sayChapter(
  tell: (text: string) => void,
): NonNullable<Parameters<typeof playOnce>[1]>['onChapter'] & object {
  return ({ name, seconds, failure }) => {
    const outcome = failure === null ? 'crossed' : 'FAILED ';
    tell(
      `  ${outcome} ${seconds.toFixed(1).padStart(5)} s  ${name}${failure === null ? '' : `: ${failure}`}`,
    );
  };
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

function aborted(abortSignal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(abortSignal.reason as Error);
    if (abortSignal.aborted) end();
    else abortSignal.addEventListener('abort', end, { once: true });
  });
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
