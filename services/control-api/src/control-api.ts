import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiContext, ApiModule, CreateModule } from './api-context.js';
import { createApplication } from './http/create-application.js';
import { createHttpMetrics } from './http/http-metrics.js';
import { describeRoutes } from './http/open-api.js';

/** Version of the API as its description tells it. */
const apiVersion = '1.0.0';
/** How long a close waits for answers in progress, milliseconds. */
const closeLimitMs = 2_000;

export interface ControlApi {
  /** `http://host:port` as bound. */
  readonly url: string;
  /** Stops taking requests, ends streams, and waits for background work. */
  close(): Promise<void>;
}

/**
 * Serves the resources over a context that is already open.
 * @throws the bind error, such as EADDRINUSE
 */
export async function serveControlApi(
  context: ApiContext,
  createModules: readonly CreateModule[],
): Promise<ControlApi> {
  const modules = createModules.map((create) => create(context));
  const routes = modules.flatMap((module) => module.routes);
  context.description.complete(describeRoutes(routes, apiVersion));
  const { configuration, logger, registry, tickets } = context;
  const application = createApplication({
    routes,
    tokens: configuration.tokens,
    tickets,
    rateLimit: configuration.rateLimit,
    corsOrigins: configuration.http.corsOrigins,
    trustedProxies: configuration.http.trustedProxies,
    bodyLimitBytes: configuration.http.bodyLimitBytes,
    logger,
    metrics: createHttpMetrics(registry),
  });
  const server = createServer(application);
  await listen(server, configuration.http);
  for (const module of modules) module.start?.();
  const url = urlOf(server, configuration.http.host);
  logger.info({ operation: 'listen', url }, `Listening on ${url}`);
  return { url, close: () => close(server, modules) };
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function close(server: Server, modules: readonly ApiModule[]): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    const limit = setTimeout(() => server.closeAllConnections(), closeLimitMs);
    server.close(() => {
      clearTimeout(limit);
      resolve();
    });
    server.closeIdleConnections();
  });
  await Promise.all(modules.map(async (module) => module.close?.()));
  await ended;
}
