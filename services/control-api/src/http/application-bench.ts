import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Scope } from '@rowbridge/control-protocol';
import { createLogger } from '@rowbridge/observability';
import { Registry } from 'prom-client';
import * as zod from 'zod';
import { EventStream } from '../event-stream.js';
import { createApplication, type ApplicationOptions } from './create-application.js';
import { createHttpMetrics } from './http-metrics.js';
import { dependencyProblem, RequestProblem } from './request-problem.js';
import { route, streamRoute } from './route.js';
import { StreamTickets } from './stream-tickets.js';

export const readToken = 'token-that-may-read';
export const operateToken = 'token-that-may-operate';
/** Personal data that requests and faults bring along: it must be seen nowhere. */
export const canary = 'ada.lovelace@example.org';

const token = (name: string, text: string, scopes: Scope[]) => ({
  name,
  scopes: new Set(scopes),
  digest: createHash('sha256').update(text).digest(),
});

const item = zod.object({ id: zod.string(), limit: zod.int() });
const routesOf = (stream: EventStream) => [
  route({
    method: 'get',
    path: '/api/v1/items/{id}',
    operationId: 'showItem',
    summary: 'Shows',
    tag: 'items',
    scope: 'read',
    params: zod.object({ id: zod.string().max(20) }),
    query: zod.strictObject({ limit: zod.coerce.number().int().min(1).max(9).default(5) }),
    answer: item,
    handle: async ({ params, query }) => {
      if (params.id === 'gone') throw new RequestProblem('not_found', 'There is no item of this id.');
      if (params.id === 'broken') throw new Error(`a row held ${canary}`);
      if (params.id === 'store') throw dependencyProblem('store', new Error(canary));
      return { id: params.id, limit: query.limit };
    },
  }),
  route({
    method: 'post',
    path: '/api/v1/items',
    operationId: 'makeItem',
    summary: 'Makes',
    tag: 'items',
    scope: 'operate',
    body: zod.strictObject({
      name: zod.string().min(1),
      parts: zod.array(zod.strictObject({ size: zod.int() })),
    }),
    bodyLimitBytes: 2_000,
    answer: zod.object({ caller: zod.string() }),
    answerStatuses: [201],
    answerStatus: () => 201,
    handle: async ({ caller }) => ({ caller: caller.name }),
  }),
  route({
    method: 'get',
    path: '/open',
    operationId: 'open',
    summary: 'Open',
    tag: 'items',
    scope: null,
    answer: zod.object({ open: zod.boolean() }),
    handle: async () => ({ open: true }),
  }),
  streamRoute({
    method: 'get',
    path: '/api/v1/stream',
    operationId: 'streamItems',
    summary: 'Streams',
    tag: 'items',
    scope: 'read',
    event: item,
    open: async () => stream,
  }),
];

/** The application over a few routes of its own, served on the loopback address. */
export class ApplicationBench {
  readonly lines: string[] = [];
  readonly registry = new Registry();
  readonly tickets = new StreamTickets();
  private readonly stream = new EventStream();
  private readonly server: Server;

  private constructor(changes: Partial<ApplicationOptions>) {
    const application = createApplication({
      routes: routesOf(this.stream),
      tokens: [token('reader', readToken, ['read']), token('operator', operateToken, ['read', 'operate'])],
      tickets: this.tickets,
      rateLimit: { windowMs: 60_000, requests: 1_000, failedAuthentications: 1_000 },
      corsOrigins: ['https://console.example.test'],
      trustedProxies: 0,
      bodyLimitBytes: 10_000,
      logger: createLogger({
        name: 'probe',
        level: 'info',
        destination: { write: (line: string) => void this.lines.push(line) },
      }),
      metrics: createHttpMetrics(this.registry),
      ...changes,
    });
    this.server = createServer(application);
  }

  static async open(changes: Partial<ApplicationOptions> = {}): Promise<ApplicationBench> {
    const bench = new ApplicationBench(changes);
    await new Promise<void>((resolve) => bench.server.listen(0, '127.0.0.1', resolve));
    return bench;
  }

  async close(): Promise<void> {
    this.stream.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  address(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** @param options the token that may read unless they name another; null for none */
  ask(path: string, options: RequestInit & { token?: string | null } = {}): Promise<Response> {
    const { token: given = readToken, headers, ...rest } = options;
    return fetch(this.address(path), {
      ...rest,
      headers: {
        ...(given === null ? {} : { authorization: `Bearer ${given}` }),
        ...(headers as Record<string, string>),
      },
    });
  }

  /** Posts a body to the route that makes items. */
  make(
    body: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ): Promise<Response> {
    return this.ask('/api/v1/items', { method: 'POST', body, headers, token: operateToken });
  }
}
