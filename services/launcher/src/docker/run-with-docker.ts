import { spawn, spawnSync } from 'node:child_process';
import { workspaceRoot } from '../data-location.js';
import { LaunchError } from '../launch-error.js';

export interface DockerOptions {
  /** Remove what earlier runs left in the named volumes first. */
  readonly fresh: boolean;
  /** Where PATH and DOCKER_HOST are read. */
  readonly environment: NodeJS.ProcessEnv;
  readonly abortSignal: AbortSignal;
  readonly say: (text: string) => void;
}

const withoutDocker = 'Or leave --docker out: the embedded engines need a JDK and Maven, not Docker.';

/**
 * Runs the compose file of the workspace in the foreground until the signal aborts; then the containers are stopped
 * and keep their volumes.
 * @returns the exit code: 0 after an orderly stop, 1 when Compose failed
 * @throws LaunchError exit 3 when no Docker engine with Compose answers; the abort signal's reason
 */
export async function runWithDocker(options: DockerOptions): Promise<number> {
  requireDocker(options.environment);
  options.abortSignal.throwIfAborted();
  if (options.fresh) {
    const removed = await runCompose(['down', '--volumes', '--remove-orphans'], options);
    options.abortSignal.throwIfAborted();
    if (removed !== 0) return 1;
  }
  options.say('Control API: http://127.0.0.1:8080 (described at /openapi.json); its token:');
  options.say('  docker compose run --rm --entrypoint cat secrets /secrets/api-token');
  options.say('Ctrl-C stops the containers; their data stays until docker compose down --volumes.');
  const status = await runCompose(['up', '--build'], options);
  options.abortSignal.throwIfAborted();
  return status === 0 ? 0 : 1;
}

/** @throws LaunchError exit 3 that tells which part is missing and what to do */
function requireDocker(environment: NodeJS.ProcessEnv): void {
  const engine = ask(['version', '--format', '{{.Server.Version}}'], environment);
  if (engine.isMissing) {
    throw new LaunchError(`--docker needs Docker, and there is no docker on PATH. ${withoutDocker}`, 3);
  }
  if (engine.status !== 0) {
    throw new LaunchError(
      `--docker needs a running Docker engine, and none answers: ${engine.lastLine} ` +
        `Start it, or name it in DOCKER_HOST. ${withoutDocker}`,
      3,
    );
  }
  if (ask(['compose', 'version'], environment).status !== 0) {
    throw new LaunchError(
      '--docker needs Docker Compose 2 ("docker compose"), and this Docker has none. ' +
        `Install its plugin (docs.docker.com/compose/install). ${withoutDocker}`,
      3,
    );
  }
}

interface DockerAnswer {
  readonly isMissing: boolean;
  readonly status: number | null;
  readonly lastLine: string;
}

const askTimeoutMs = 20_000;

function ask(dockerArguments: readonly string[], environment: NodeJS.ProcessEnv): DockerAnswer {
  const { error, status, stderr } = spawnSync('docker', dockerArguments, {
    env: environment,
    encoding: 'utf8',
    timeout: askTimeoutMs,
  });
  const isMissing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  const lastLine = (stderr ?? '').trim().split('\n').at(-1) || `no answer within ${askTimeoutMs / 1_000} s.`;
  return { isMissing, status, lastLine };
}

/**
 * Runs `docker compose` on the workspace to its end, in a process group of its own: a terminal's Ctrl-C reaches this
 * process alone, which passes it on once. A second one would make Compose kill what it should stop.
 */
function runCompose(
  composeArguments: readonly string[],
  { environment, abortSignal }: Pick<DockerOptions, 'environment' | 'abortSignal'>,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const compose = spawn('docker', ['compose', ...composeArguments], {
      cwd: workspaceRoot,
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    const stop = (): void => void compose.kill('SIGINT');
    abortSignal.addEventListener('abort', stop, { once: true });
    compose.once('error', reject);
    compose.once('exit', (status) => {
      abortSignal.removeEventListener('abort', stop);
      resolve(status);
    });
  });
}
