import { request as sendRequest, type IncomingMessage } from 'node:http';
import { ApplicationBench, canary, operateToken, readToken } from './application-bench.js';

const problemOf = async (answer: Response): Promise<Record<string, unknown>> => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  return (await answer.json()) as Record<string, unknown>;
};

describe('a request', () => {
  let bench: ApplicationBench;

  beforeEach(async () => {
    bench = await ApplicationBench.open();
  });

  afterEach(() => bench.close());

  test('is answered with what its handler makes of the validated input', async () => {
    const answer = await bench.ask('/api/v1/items/a%2Fb?limit=3');
    expect([answer.status, await answer.json()]).toEqual([200, { id: 'a/b', limit: 3 }]);
    const made = await bench.make(JSON.stringify({ name: 'x', parts: [] }));
    expect([made.status, await made.json()]).toEqual([201, { caller: 'operator' }]);
  });

  test('without a token, with a wrong one or one in the address, is 401', async () => {
    const answers = await Promise.all([
      bench.ask('/api/v1/items/1', { token: null }),
      bench.ask('/api/v1/items/1', { token: `${readToken}x` }),
      bench.ask('/api/v1/items/1', { token: null, headers: { authorization: `Basic ${readToken}` } }),
      bench.ask(`/api/v1/items/1?token=${readToken}`, { token: null }),
      bench.ask(
        `/api/v1/items/1?ticket=${bench.tickets.issue({ name: 'x', scopes: new Set(['read']) }).ticket}`,
        {
          token: null,
        },
      ),
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="rowbridge"/);
      expect(await problemOf(answer)).toMatchObject({ code: 'unauthenticated', status: 401 });
    }
  });

  test('with a token that lacks the scope is 403 and names the scope, before its body is looked at', async () => {
    const answer = await bench.ask('/api/v1/items', { method: 'POST', body: 'no JSON' });
    expect(answer.status).toBe(403);
    expect(await problemOf(answer)).toMatchObject({ code: 'scope_missing', requiredScope: 'operate' });
  });

  test('of the wrong form is 400 with a pointer to every place at fault', async () => {
    const answer = await bench.make(
      JSON.stringify({ name: '', parts: [{ size: 1 }, { size: 1.5 }], 'a/b~c': 1 }),
    );
    expect(answer.status).toBe(400);
    const { errors } = await problemOf(answer);
    expect(errors).toEqual([
      { in: 'body', pointer: '/name', detail: expect.any(String) as string },
      { in: 'body', pointer: '/parts/1/size', detail: expect.any(String) as string },
      { in: 'body', pointer: '/a~1b~0c', detail: 'is not known here' },
    ]);
    for (const query of ['limit=0', 'limit=x', 'limit=1&limit=2', 'limit=']) {
      const { errors: places } = await problemOf(await bench.ask(`/api/v1/items/1?${query}`));
      expect(places).toEqual([{ in: 'query', pointer: '/limit', detail: expect.any(String) as string }]);
    }
    const unknown = await problemOf(await bench.ask('/api/v1/items/1?colour=red'));
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
    const answer = await bench.make(body);
    expect(answer.status).toBe(status);
    await problemOf(answer);
  });

  test('whose body is no JSON by its type is 415, and one that announces a flood to a plain read 413', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/json; charset=latin1']) {
      const answer = await bench.make('{"name":"x","parts":[]}', { 'content-type': type });
      expect([type, answer.status]).toEqual([type, 415]);
    }
    const flooded = await new Promise<number | undefined>((resolve, reject) => {
      const flood = sendRequest(bench.address('/api/v1/items/1'), {
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
    expect((await bench.ask('/api/v1/nothing')).status).toBe(404);
    const answer = await bench.ask('/api/v1/items', { method: 'PUT' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await problemOf(answer))['code']).toBe('method_not_allowed');
    expect((await bench.ask('/api/v1/items/%E0%A4')).status).toBe(400);
  });

  test('beyond the limit of its token and address is 429, and other tokens go on', async () => {
    await bench.close();
    bench = await ApplicationBench.open({
      rateLimit: { windowMs: 60_000, requests: 3, failedAuthentications: 2 },
    });
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await bench.ask('/api/v1/items/1')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const limited = await bench.ask('/api/v1/items/1');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await problemOf(limited))['code']).toBe('too_many_requests');
    expect((await bench.ask('/api/v1/items/1', { token: operateToken })).status).toBe(200);
    const wrong = [];
    for (let count = 0; count < 4; count += 1)
      wrong.push((await bench.ask('/api/v1/items/1', { token: 'wrong-token' })).status);
    expect(wrong).toEqual([401, 401, 429, 429]);
    expect((await bench.ask('/api/v1/items/1', { token: operateToken })).status).toBe(200);
  });

  test('that meets something down is 503 and names it; one that fails unexpectedly says nothing of why', async () => {
    const down = await bench.ask('/api/v1/items/store');
    expect(down.status).toBe(503);
    expect(await problemOf(down)).toMatchObject({ code: 'control_store_unavailable', dependency: 'store' });
    const broken = await bench.ask('/api/v1/items/broken');
    expect(broken.status).toBe(500);
    expect(JSON.stringify(await problemOf(broken))).not.toContain(canary);
  });

  test('carries security headers, and lets only pages of listed origins read the answer', async () => {
    const { headers } = await bench.ask('/open', { headers: { origin: 'https://evil.example.test' } });
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const listed = await bench.ask('/api/v1/items', {
      method: 'OPTIONS',
      token: null,
      headers: { origin: 'https://console.example.test', 'access-control-request-method': 'POST' },
    });
    expect(listed.status).toBe(204);
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://console.example.test');
  });

  test('is logged with its trace and the declared route, and with nothing it brought along', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'user-agent': canary };
    const answer = await bench.ask(`/api/v1/items/gone?limit=${encodeURIComponent(canary)}`, { headers });
    expect((await problemOf(answer))['instance']).toBe(`urn:trace:${traceId}`);
    await bench.make(JSON.stringify({ name: canary, parts: [] }));
    await bench.ask(`/api/v1/${canary}`);
    const logged = bench.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(logged[0]).toMatchObject({
      traceId,
      route: '/api/v1/items/{id}',
      method: 'GET',
      status: 400,
      caller: 'reader',
      errorCode: 'request_invalid',
    });
    for (const secret of [canary, encodeURIComponent(canary), readToken, operateToken])
      expect(bench.lines.join('')).not.toContain(secret);
    const metrics = await bench.registry.metrics();
    expect(metrics).toContain(
      'http_request_duration_seconds_count{method="POST",route="/api/v1/items",status="201"} 1',
    );
    expect(metrics).toContain('http_requests_in_flight 0');
    expect(metrics).not.toContain(canary);
  });

  test('opens an event stream by token, or by a ticket that is good once', async () => {
    const { ticket } = bench.tickets.issue({ name: 'reader', scopes: new Set(['read']) });
    const byToken = await bench.ask('/api/v1/stream');
    const byTicket = await bench.ask(`/api/v1/stream?ticket=${ticket}`, { token: null });
    for (const answer of [byToken, byTicket]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch('text/event-stream');
      await answer.body?.cancel();
    }
    expect((await bench.ask(`/api/v1/stream?ticket=${ticket}`, { token: null })).status).toBe(401);
  });
});
