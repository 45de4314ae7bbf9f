import { createHash } from 'node:crypto';
import { createServer, request as sendRequest, type IncomingMessage, type Server } from 'node:http';
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

const readToken = 'token-that-may-read';
const operateToken = 'token-that-may-operate';
const canary = 'ada.lovelace@example.org';

const token = (name: string, text: string, scopes: Scope[]) => ({
  name,
  scopes: new Set(scopes),
  digest: createHash('sha256').update(text).digest(),
});

const lines: string[] = [];
const registry = new Registry();
const tickets = new StreamTickets();
const stream = new EventStream();

const item = zod.object({ id: zod.string(), limit: zod.int() });
const routes = [
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

let server: Server;

async function serve(changes: Partial<ApplicationOptions> = {}): Promise<void> {
  lines.length = 0;
  registry.clear();
  const application = createApplication({
    routes,
    tokens: [token('reader', readToken, ['read']), token('operator', operateToken, ['read', 'operate'])],
    tickets,
    rateLimit: { windowMs: 60_000, requests: 1_000, failedAuthentications: 1_000 },
    corsOrigins: ['https://console.example.test'],
    trustedProxies: 0,
    bodyLimitBytes: 10_000,
    logger: createLogger({
      name: 'probe',
      level: 'info',
      destination: { write: (line: string) => void lines.push(line) },
    }),
    metrics: createHttpMetrics(registry),
    ...changes,
  });
  server = createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}

const address = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

function ask(path: string, options: RequestInit & { token?: string | null } = {}): Promise<Response> {
  const { token: given = readToken, headers, ...rest } = options;
  return fetch(address(path), {
    ...rest,
    headers: {
      ...(given === null ? {} : { authorization: `Bearer ${given}` }),
      ...(headers as Record<string, string>),
    },
  });
}

const make = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  ask('/api/v1/items', { method: 'POST', body, headers, token: operateToken });

const problemOf = async (answer: Response): Promise<Record<string, unknown>> => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  return (await answer.json()) as Record<string, unknown>;
};

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

afterAll(() => stream.close());

describe('a request', () => {
  test('is answered with what its handler makes of the validated input', async () => {
    await serve();
    const answer = await ask('/api/v1/items/a%2Fb?limit=3');
    expect([answer.status, await answer.json()]).toEqual([200, { id: 'a/b', limit: 3 }]);
    const made = await make(JSON.stringify({ name: 'x', parts: [] }));
    expect([made.status, await made.json()]).toEqual([201, { caller: 'operator' }]);
  });

  test('without a token, with a wrong one or one in the address, is 401', async () => {
    await serve();
    const answers = await Promise.all([
      ask('/api/v1/items/1', { token: null }),
      ask('/api/v1/items/1', { token: `${readToken}x` }),
      ask('/api/v1/items/1', { token: null, headers: { authorization: `Basic ${readToken}` } }),
      ask(`/api/v1/items/1?token=${readToken}`, { token: null }),
      ask(`/api/v1/items/1?ticket=${tickets.issue({ name: 'x', scopes: new Set(['read']) }).ticket}`, {
        token: null,
      }),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="rowbridge"/);
      expect(await problemOf(answer)).toMatchObject({ code: 'unauthenticated', status: 401 });
    }
  });

  test('with a token that lacks the scope is 403 and names the scope, before its body is looked at', async () => {
    await serve();
    const answer = await ask('/api/v1/items', { method: 'POST', body: 'no JSON' });
    expect(answer.status).toBe(403);
    expect(await problemOf(answer)).toMatchObject({ code: 'scope_missing', requiredScope: 'operate' });
  });

  test('of the wrong form is 400 with a pointer to every place at fault', async () => {
    await serve();
    const answer = await make(JSON.stringify({ name: '', parts: [{ size: 1 }, { size: 1.5 }], 'a/b~c': 1 }));
    expect(answer.status).toBe(400);
    const { errors } = await problemOf(answer);
    expect(errors).toEqual([
      { in: 'body', pointer: '/name', detail: expect.any(String) as string },
      { in: 'body', pointer: '/parts/1/size', detail: expect.any(String) as string },
      { in: 'body', pointer: '/a~1b~0c', detail: 'is not known here' },
    ]);
    for (const query of ['limit=0', 'limit=x', 'limit=1&limit=2', 'limit=']) {
      const { errors: places } = await problemOf(await ask(`/api/v1/items/1?${query}`));
      expect(places).toEqual([{ in: 'query', pointer: '/limit', detail: expect.any(String) as string }]);
    }
    const unknown = await problemOf(await ask('/api/v1/items/1?colour=red'));
    expect(unknown['errors']).toEqual([{ in: 'query', pointer: '/colour', detail: 'is not known here' }]);
  });

  test.each([
    ['broken JSON', '{"name": "x', 400],
    ['no body', '', 400],
    ['null', 'null', 400],
    ['a NUL in a text', '{"name":"a\\u0000","parts":[]}', 400],
    ['half a surrogate pair', '{"name":"\\ud800","parts":[]}', 400],
    ['a body over the limit of the operation', JSON.stringify({ name: 'x'.repeat(3_000), parts: [] }), 413],
  ])('with %s is refused', async (_what, body, status) => {
    await serve();
    const answer = await make(body);
    expect(answer.status).toBe(status);
    await problemOf(answer);
  });

  test('whose body is no JSON by its type is 415, and one that announces a flood to a plain read 413', async () => {
    await serve();
    for (const type of ['text/plain', 'application/xml', 'application/json; charset=latin1']) {
      const answer = await make('{"name":"x","parts":[]}', { 'content-type': type });
      expect([type, answer.status]).toEqual([type, 415]);
    }
    const flooded = await new Promise<number | undefined>((resolve, reject) => {
      const flood = sendRequest(address('/api/v1/items/1'), {
        method: 'GET',
        headers: { authorization: `Bearer ${readToken}`, 'content-length': 1e9 },
      });
      flood.once('response', (answer: IncomingMessage) => {
        resolve(answer.statusCode);
        flood.destroy();
      });
      flood.once('error', reject);
      flood.write('x');
    });
    expect(flooded).toBe(413);
  });

  test('to an unknown address is 404, by another method 405 with Allow, with a broken address 400', async () => {
    await serve();
    expect((await ask('/api/v1/nothing')).status).toBe(404);
    const answer = await ask('/api/v1/items', { method: 'PUT' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await problemOf(answer))['code']).toBe('method_not_allowed');
    expect((await ask('/api/v1/items/%E0%A4')).status).toBe(400);
  });

  test('beyond the limit of its token and address is 429, and other tokens go on', async () => {
    await serve({ rateLimit: { windowMs: 60_000, requests: 3, failedAuthentications: 2 } });
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await ask('/api/v1/items/1')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const limited = await ask('/api/v1/items/1');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await problemOf(limited))['code']).toBe('too_many_requests');
    expect((await ask('/api/v1/items/1', { token: operateToken })).status).toBe(200);
    const wrong = [];
    for (let count = 0; count < 4; count += 1)
      wrong.push((await ask('/api/v1/items/1', { token: 'wrong-token' })).status);
    expect(wrong).toEqual([401, 401, 429, 429]);
    expect((await ask('/api/v1/items/1', { token: operateToken })).status).toBe(200);
  });

  test('that meets something down is 503 and names it; one that fails unexpectedly says nothing of why', async () => {
    await serve();
    const down = await ask('/api/v1/items/store');
    expect(down.status).toBe(503);
    expect(await problemOf(down)).toMatchObject({ code: 'control_store_unavailable', dependency: 'store' });
    const broken = await ask('/api/v1/items/broken');
    expect(broken.status).toBe(500);
    expect(JSON.stringify(await problemOf(broken))).not.toContain(canary);
  });

  test('carries security headers, and lets only pages of listed origins read the answer', async () => {
    await serve();
    const { headers } = await ask('/open', { headers: { origin: 'https://evil.example.test' } });
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const listed = await ask('/api/v1/items', {
      method: 'OPTIONS',
      token: null,
      headers: { origin: 'https://console.example.test', 'access-control-request-method': 'POST' },
    });
    expect(listed.status).toBe(204);
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://console.example.test');
  });

  test('is logged with its trace and the declared route, and with nothing it brought along', async () => {
    await serve();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'user-agent': canary };
    const answer = await ask(`/api/v1/items/gone?limit=${encodeURIComponent(canary)}`, { headers });
    expect((await problemOf(answer))['instance']).toBe(`urn:trace:${traceId}`);
    await make(JSON.stringify({ name: canary, parts: [] }));
    await ask(`/api/v1/${canary}`);
    const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(logged[0]).toMatchObject({
      traceId,
      route: '/api/v1/items/{id}',
      method: 'GET',
      status: 400,
      caller: 'reader',
      errorCode: 'request_invalid',
    });
    for (const secret of [canary, encodeURIComponent(canary), readToken, operateToken])
      expect(lines.join('')).not.toContain(secret);
    const metrics = await registry.metrics();
    expect(metrics).toContain(
      'http_request_duration_seconds_count{method="POST",route="/api/v1/items",status="201"} 1',
    );
    expect(metrics).toContain('http_requests_in_flight 0');
    expect(metrics).not.toContain(canary);
  });

  test('opens an event stream by token, or by a ticket that is good once', async () => {
    await serve();
    const { ticket } = tickets.issue({ name: 'reader', scopes: new Set(['read']) });
    const byToken = await ask('/api/v1/stream');
    const byTicket = await ask(`/api/v1/stream?ticket=${ticket}`, { token: null });
    for (const answer of [byToken, byTicket]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch('text/event-stream');
      await answer.body?.cancel();
    }
    expect((await ask(`/api/v1/stream?ticket=${ticket}`, { token: null })).status).toBe(401);
  });
});
