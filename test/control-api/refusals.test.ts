import { startApi, type ApiUnderTest } from './api-under-test.js';
import type { Description } from './fuzz-operations.js';

const scopes = ['read', 'operate', 'replay', 'unmask'] as const;
/** One token a scope, so that what another scope would allow is seen. */
const tokenOf = (scope: string): string => `token-that-has-${scope}-alone`;

interface Refusal {
  readonly code: string;
  readonly requiredScope?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

describe('the whole API', () => {
  let api: ApiUnderTest;
  let operations: readonly { readonly method: string; readonly path: string; readonly scope?: string }[];

  beforeAll(async () => {
    const tokens = scopes.map((scope) => `${scope} ${scope} ${tokenOf(scope)}`);
    api = await startApi({ ROWBRIDGE_TOKENS: tokens.join(';') });
    const { paths } = (await (await fetch(`${api.url}/openapi.json`)).json()) as Description;
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: path.replaceAll(/\{\w+\}/g, 'x'),
        ...('x-scope' in operation && { scope: operation['x-scope'] as string }),
      })),
    );
  });

  afterAll(() => api.close());

  async function ask(
    method: string,
    path: string,
    { scope, body }: { readonly scope?: string; readonly body?: object } = {},
  ): Promise<{ readonly status: number; readonly refusal: Refusal }> {
    const answer = await fetch(`${api.url}${path}`, {
      method,
      headers: {
        ...(scope !== undefined && { authorization: `Bearer ${tokenOf(scope)}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, refusal: (await answer.json()) as Refusal };
  }

  test('refuses each operation without a token, and with a token of any scope but its own', async () => {
    const asking = operations.filter(({ scope }) => scope !== undefined);
    expect(asking.length).toBeGreaterThan(20);
    for (const { method, path, scope: own } of asking) {
      expect([path, (await ask(method, path)).status]).toEqual([path, 401]);
      for (const scope of scopes.filter((other) => other !== own)) {
        const { status, refusal } = await ask(method, path, { scope });
        expect([method, path, scope, status, refusal.requiredScope]).toEqual([method, path, scope, 403, own]);
      }
    }
  });

  test('lets each operation pass with the token of its own scope', async () => {
    for (const { method, path, scope } of operations) {
      if (scope === undefined || path.endsWith('/stream')) continue;
      expect([401, 403]).not.toContain((await ask(method, path, { scope })).status);
    }
  });

  test.each([
    ['POST', '/api/v1/dlq/discard', 'replay', { ids: ['0-1'] }, '/reason'],
    ['POST', '/api/v1/dlq/discard', 'replay', { ids: ['0-1'], reason: '  a ' }, '/reason'],
    [
      'POST',
      '/api/v1/dlq/discard',
      'replay',
      { ids: ['0-1'], filter: { table: 'users' }, reason: 'both' },
      '',
    ],
    ['POST', '/api/v1/dlq/discard', 'replay', { filter: {}, reason: 'no condition' }, '/filter'],
    ['POST', '/api/v1/dlq/discard', 'replay', { filter: { status: 'open' }, reason: 'none' }, '/filter'],
    ['POST', '/api/v1/dlq/replay', 'replay', { filter: {} }, '/filter'],
    ['POST', '/api/v1/dlq/0-1/edit', 'replay', { columns: { status: 'active' } }, '/reason'],
    ['POST', '/api/v1/dlq/replay', 'replay', { all: true }, '/confirm'],
    ['POST', '/api/v1/dlq/replay', 'replay', { all: true, ids: ['0-1'], confirm: 'all' }, ''],
    ['POST', '/api/v1/dlq/replay', 'replay', {}, ''],
    ['POST', '/api/v1/dlq/replay', 'replay', { filter: { status: 'replayed' } }, '/filter/status'],
    [
      'POST',
      '/api/v1/dlq/discard',
      'replay',
      { filter: { status: 'replayed' }, reason: 'all done' },
      '/filter/status',
    ],
  ])('refuses %s %s with %s and %j, and points at what is missing or wrong', async (...refused) => {
    const [method, path, scope, body, pointer] = refused;
    const { status, refusal } = await ask(method, path, { scope, body });
    expect([status, refusal.code]).toEqual([400, 'request_invalid']);
    expect(refusal.errors?.map((place) => place.pointer)).toEqual([pointer]);
  });
});
