import { Validator } from '@seriousme/openapi-schema-validator';
import { startApi, token, type ApiUnderTest } from './api-under-test.js';
import { fuzzOperations, type Description } from './fuzz-operations.js';

let api: ApiUnderTest;
let description: Description;

beforeAll(async () => {
  api = await startApi();
  description = (await (await fetch(`${api.url}/openapi.json`)).json()) as Description;
});

afterAll(() => api.close());

describe('the description of the API', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(
      structuredClone(description) as unknown as Record<string, unknown>,
    );
    expect(result.errors ?? []).toEqual([]);
    expect([result.valid, validator.version]).toEqual([true, '3.1']);
  });

  test('names every operation once, with its summary, and asks for a token everywhere under /api/v1', () => {
    const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, ...operation })),
    ) as { path: string; operationId: string; summary?: string; security?: object[]; 'x-scope'?: string }[];
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { path, operationId, summary, security, 'x-scope': scope } of operations) {
      expect({ operationId, summary }).toEqual({
        operationId,
        summary: expect.stringMatching(/\S/) as string,
      });
      const asks = security?.length !== 0;
      expect({ path, asks }).toEqual({ path, asks: path.startsWith('/api/v1/') });
      if (asks) expect(['read', 'operate', 'replay', 'unmask']).toContain(scope);
    }
  });
});

describe('with nothing it needs in reach, the API', () => {
  test('answers every operation as described: no 5xx but 503, whatever is sent', async () => {
    const { statuses, faults } = await fuzzOperations({ url: api.url, token }, description, 25);
    expect(faults).toEqual([]);
    expect(statuses.size).toBeGreaterThan(10);
  }, 120_000);

  test.each([
    ['/api/v1/directions', 'kafka', 'kafka_unreachable'],
    ['/api/v1/connectors', 'connect', 'connect_unreachable'],
    ['/api/v1/conflicts', 'database legacy', 'connection_lost'],
  ])(
    'answers %s with 503 and names %s, and goes on with what needs none of it',
    async (path, dependency, code) => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${api.url}${path}`, { headers });
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({ dependency, code, status: 503 });
      expect((await fetch(`${api.url}/api/v1/audit`, { headers })).status).toBe(200);
      expect((await fetch(`${api.url}/live`)).status).toBe(200);
      expect((await fetch(`${api.url}/metrics`)).status).toBe(200);
      expect((await fetch(`${api.url}/health`)).status).toBe(503);
    },
  );

  test('answers every operation as described with the control store down too', async () => {
    const without = await startApi({ ROWBRIDGE_CONTROL_STORE_URL: 'postgres://user:word@127.0.0.1:1/store' });
    try {
      const { faults } = await fuzzOperations({ url: without.url, token }, description, 12);
      expect(faults).toEqual([]);
      const headers = { authorization: `Bearer ${token}` };
      for (const path of ['audit', 'dlq', 'dlq/replays', 'dlq/0-1', 'sync/status', 'sync/history']) {
        const answer = await fetch(`${without.url}/api/v1/${path}`, { headers });
        expect([path, await answer.json()]).toEqual([
          path,
          expect.objectContaining({ status: 503, dependency: 'store' }),
        ]);
      }
      expect((await fetch(`${without.url}/live`)).status).toBe(200);
      expect(without.log()).not.toContain('user:word');
    } finally {
      await without.close();
    }
  }, 120_000);

  test('never logs a token, and no part of an address as it was asked for', async () => {
    await fetch(`${api.url}/api/v1/conflicts/canary-of-the-path?cursor=canary-of-the-query`, {
      headers: { authorization: `Bearer ${token}` },
    });
    for (const secret of [token, 'canary-of-the-path', 'canary-of-the-query'])
      expect(api.log()).not.toContain(secret);
  });
});
