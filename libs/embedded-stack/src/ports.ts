import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StackError } from './stack-error.js';

/** Below the range the system hands out for outgoing connections, so that none of those takes a port just chosen. */
const firstFreePort = 15_000;
const lastFreePort = 32_000;
const usualPortAttempts = 200;
const randomAttempts = 500;

/** True when nothing on this machine keeps 127.0.0.1 from listening on the port. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Chooses ports for one stack; the same port is never given twice. */
export class PortChooser {
  private readonly given = new Set<number>();

  constructor(
    private readonly mode: 'usual' | 'free',
    private readonly isFree: (port: number) => Promise<boolean> = isPortFree,
  ) {}

  /**
   * @param usual the port to prefer in mode `usual`; the next free one above it when it is taken
   * @throws StackError exit 3 when none is free
   */
  async choose(usual: number): Promise<number> {
    if (this.mode === 'free') return this.chooseFree();
    for (let port = usual; port < usual + usualPortAttempts; port += 1) {
      if (await this.take(port)) return port;
    }
    throw new StackError(`No port between ${usual} and ${usual + usualPortAttempts} is free on 127.0.0.1.`);
  }

  /** A port no other program is likely to want. */
  async chooseFree(): Promise<number> {
    for (let attempt = 0; attempt < randomAttempts; attempt += 1) {
      const port = randomInt(firstFreePort, lastFreePort);
      if (await this.take(port)) return port;
    }
    throw new StackError(`No port between ${firstFreePort} and ${lastFreePort} is free on 127.0.0.1.`);
  }

  private async take(port: number): Promise<boolean> {
    if (this.given.has(port)) return false;
    this.given.add(port);
    if (await this.isFree(port)) return true;
    this.given.delete(port);
    return false;
  }
}
