import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../../services/legacy-to-revamp/dist/main.js');

/** How a service's process ended. */
export interface ServiceEnd {
  readonly status: number | null;
  readonly seconds: number;
  /** Everything it wrote. */
  readonly output: string;
  /** What it wrote to its standard error stream. */
  readonly message: string;
}

/** Runs the service as an operator would, by environment variables alone, until it ends by itself or is told to. */
export function runService(
  environment: Readonly<Record<string, string>>,
  whenWritten: (output: string, service: ChildProcess) => void = () => undefined,
): Promise<ServiceEnd> {
  const began = performance.now();
  const service = spawn(process.execPath, [program], {
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let message = '';
  service.stdout.on('data', (text: Buffer) => {
    output += text.toString();
    whenWritten(output, service);
  });
  service.stderr.on('data', (text: Buffer) => (message += text.toString()));
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => service.kill('SIGKILL'), 30_000);
    service.once('error', reject);
    service.once('close', (status) => {
      clearTimeout(limit);
      const seconds = (performance.now() - began) / 1000;
      resolve({ status, seconds, output: output + message, message });
    });
  });
}

/** The variables that name one database, from its complete url. */
export function databaseVariables(prefix: string, url: string): Record<string, string> {
  const { hostname, port, pathname, username, password: secret, protocol } = new URL(url);
  return {
    [`${prefix}_ENGINE`]: protocol === 'postgres:' ? 'postgres' : 'mariadb',
    [`${prefix}_HOST`]: hostname,
    [`${prefix}_PORT`]: port,
    [`${prefix}_DATABASE`]: decodeURIComponent(pathname.slice(1)),
    [`${prefix}_USER`]: decodeURIComponent(username),
    [`${prefix}_PASSWORD`]: decodeURIComponent(secret),
  };
}
