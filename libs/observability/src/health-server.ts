import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler, type Response } from 'express';
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

/** How long a close waits for answers in progress, milliseconds. */
const closeLimitMs = 1_000;

/**
 * Serves `/health` (503 when unhealthy), `/ready`, `/live` and `/metrics`; JSON, but for the metrics.
 * @throws the bind error, such as EADDRINUSE
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer(createApplication(options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        const limit = setTimeout(() => server.closeAllConnections(), closeLimitMs);
        server.close(() => {
          clearTimeout(limit);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function createApplication({ registry, health, ready, live }: HealthServerOptions): Express {
  const application = express();
  application.disable('x-powered-by');
  application.disable('etag');
  application.use((_request, response, next) => {
    response.set({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    next();
  });
  application.get(
    '/health',
    answering(async (response) => {
      const { status, checks, details } = await health();
      const httpStatus = status === 'unhealthy' ? 503 : 200;
      response.status(httpStatus).json({ ...details, status, uptime: process.uptime(), checks });
    }),
  );
  application.get('/ready', (_request, response) => {
    const isReady = ready();
    response.status(isReady ? 200 : 503).json({ ready: isReady });
  });
  application.get('/live', (_request, response) => {
    const isLive = live();
    response.status(isLive ? 200 : 503).json({ live: isLive });
  });
  application.get(
    '/metrics',
    answering(async (response) => {
      response.type(registry.contentType).send(await registry.metrics());
    }),
  );
  application.use((_request, response) => {
    response
      .status(404)
      .json({ status: 404, title: 'Not found', paths: ['/health', '/ready', '/live', '/metrics'] });
  });
  return application;
}

/** A check that throws is a service in trouble, and the answer says nothing more: the reason could hold anything. */
function answering(answer: (response: Response) => Promise<void>): RequestHandler {
  return async (_request, response) => {
    try {
      await answer(response);
    } catch {
      response.status(503).json({ status: 'unhealthy', uptime: process.uptime(), checks: [] });
    }
  };
}
