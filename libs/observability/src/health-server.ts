import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import type { Registry } from 'prom-client';

export interface HealthCheck {
  readonly name: string;
  readonly status: 'up' | 'down' | 'degraded';
  readonly message?: string;
  readonly latencyMs?: number;
}

export interface HealthReport {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly checks: readonly HealthCheck[];
  /** What else an operator should see, such as the consumer's state. No row values. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface HealthServerOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly registry: Registry;
  health(): Promise<HealthReport>;
  /** Whether it may be given work. */
  ready(): boolean;
  /** Whether the process itself is alive; never fails because of something else. */
  live(): boolean;
}

export interface HealthServer {
  /** `http://host:port` as bound. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `/health` (503 when unhealthy), `/ready`, `/live` and `/metrics`.
 * @throws the bind error, such as EADDRINUSE
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createApplication(options).listen(options.port, options.host);
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createApplication({ registry, health, ready, live }: HealthServerOptions): Express {
  const application = express();
  application.disable('x-powered-by');
  application.get('/health', async (_request, response) => {
    const { details, ...report } = await health();
    response.status(report.status === 'unhealthy' ? 503 : 200).json({ uptime: process.uptime(), ...report, ...details });
  });
  application.get('/ready', (_request, response) => {
    const isReady = ready();
    response.status(isReady ? 200 : 503).json({ ready: isReady });
  });
  application.get('/live', (_request, response) => {
    const isLive = live();
    response.status(isLive ? 200 : 503).json({ live: isLive });
  });
  application.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return application;
}
