import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { waitFor } from '@rowbridge/testing';
import type { ServiceProcess } from '@rowbridge/launcher';

/** A second process of a service, beside the one that is supervised. */
export interface ExtraInstance {
  readonly url: string;
  /** Asks it to end with SIGTERM; resolves to its exit code. */
  endAsAsked(): Promise<number | null>;
}

/**
 * Starts one more instance of a running service with the environment that one was started with, on a port of its own.
 * @throws WaitTimeout when it is not ready in time
 */
export async function startExtraInstance(service: ServiceProcess): Promise<ExtraInstance> {
  const environment = Object.fromEntries(
    readFileSync(`/proc/${service.processId}/environ`, 'utf8')
      .split('\0')
      .filter((entry) => entry.includes('='))
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  const port = await freePort();
  const program = join(import.meta.dirname, '../../services', service.name, 'dist/main.js');
  const instance = spawn(process.execPath, [program], {
    env: { ...environment, PORT: String(port) },
    stdio: 'ignore',
  });
  const ended = new Promise<number | null>((resolve) => instance.once('exit', (status) => resolve(status)));
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitFor(() => answersReady(url), {
      what: `a further instance of ${service.name} to be ready`,
      deadlineMs: 90_000,
      intervalMs: 100,
    });
  } catch (failure) {
    instance.kill('SIGKILL');
    throw failure;
  }
  return {
    url,
    endAsAsked: () => {
      instance.kill('SIGTERM');
      return ended;
    },
  };
}

async function answersReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/ready`)).status === 200;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
