import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@rowbridge/testing';
import type {
  ConfigurationAnswer,
  ConfigurationView,
  Direction,
  DirectionLag,
} from '@rowbridge/control-protocol';
import { databaseVariables, startApi, token as everything } from '../control-api/api-under-test.js';
import { fuzzOperations, type Description } from '../control-api/fuzz-operations.js';
import { startScenarioSystem, type ScenarioSystem } from './scenario-system.js';

const direction = 'legacy-to-revamp';
let scenario: ScenarioSystem;

async function ask<Answer>(
  path: string,
  options: RequestInit = {},
): Promise<{ answer: Answer; headers: Headers; status: number }> {
  const { url, token } = scenario.system.controlApi;
  const response = await fetch(`${url}${path}`, {
    ...options,
    headers: {
      authorization: `Bearer ${token}`,
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...(options.headers as Record<string, string>),
    },
  });
  return { answer: (await response.json()) as Answer, headers: response.headers, status: response.status };
}

const post = (path: string, body: object = {}) =>
  ask<Record<string, unknown>>(path, { method: 'POST', body: JSON.stringify(body) });

async function viewOf(name: string): Promise<Direction> {
  const { answer } = await ask<{ items: Direction[] }>('/api/v1/directions');
  return answer.items.find((item) => item.name === name) as Direction;
}

const untilState = (state: Direction['state'], deadlineMs = 60_000): Promise<true> =>
  waitFor(async () => (await viewOf(direction)).state === state || null, {
    deadlineMs,
    what: `${direction} to be shown as ${state}`,
  }) as Promise<true>;

async function lagOf(name: string): Promise<DirectionLag> {
  const { answer } = await ask<{ items: DirectionLag[] }>(`/api/v1/lag?direction=${name}`);
  return answer.items[0] as DirectionLag;
}

let users = 0;

async function insertUser(): Promise<string> {
  users += 1;
  const email = `api-${users}@example.test`;
  await scenario.system.databases.legacyPool.query({
    text: `insert into public.legacy_users (username, email, status, created_at, updated_at)
      values ($1, $2, 'active', current_timestamp, current_timestamp)`,
    values: [`api-${users}`, email],
  });
  return email;
}

async function hasCrossed(email: string): Promise<boolean> {
  const [rows] = await scenario.system.databases.revampPool.query(
    'select 1 from revamp_users where email_address = ?',
    [email],
  );
  return (rows as unknown[]).length > 0;
}

beforeAll(async () => {
  scenario = await startScenarioSystem();
}, 300_000);

afterAll(async () => scenario?.remove(), 60_000);

describe('the control API of a running system', () => {
  test('shows both directions running and healthy, and their lag at nought', async () => {
    await untilState('running');
    const { answer, status } = await ask<{ status: string; checks: { name: string; status: string }[] }>(
      '/health',
    );
    expect(status).toBe(200);
    expect(answer.checks.map(({ name, status: state }) => [name, state])).toEqual([
      ['kafka', 'up'],
      ['connect', 'up'],
      ['store', 'up'],
      ['database legacy', 'up'],
      ['database revamp', 'up'],
    ]);
    expect((await viewOf(direction)).instances[0]?.tables.map(({ table }) => table)).toEqual([
      'users',
      'posts',
      'likes',
    ]);
    await waitFor(async () => (await lagOf(direction)).messages === 0, {
      deadlineMs: 60_000,
      what: 'no lag',
    });
    expect(existsSync(join(scenario.system.stack.logDirectory, 'control-api.log'))).toBe(true);
  });

  test('holds a direction by an order, notes who gave it, and lets it go on', async () => {
    expect((await post(`/api/v1/directions/${direction}/pause?dryRun=true`)).answer).toMatchObject({
      changed: true,
      dryRun: true,
    });
    expect((await viewOf(direction)).paused).toBeNull();
    const paused = await post(`/api/v1/directions/${direction}/pause`, { reason: 'a look at the rows' });
    expect([paused.status, paused.answer['changed']]).toEqual([200, true]);
    await untilState('paused');
    const email = await insertUser();
    await waitFor(async () => (await lagOf(direction)).messages > 0, { deadlineMs: 60_000, what: 'the lag' });
    expect(await hasCrossed(email)).toBe(false);
    expect((await viewOf(direction)).paused).toMatchObject({
      actor: 'launcher',
      reason: 'a look at the rows',
    });
    expect((await post(`/api/v1/directions/${direction}/pause`)).answer['changed']).toBe(false);
    await post(`/api/v1/directions/${direction}/resume`);
    await waitFor(() => hasCrossed(email), { deadlineMs: 60_000, what: 'the user to cross' });
    const { answer } = await ask<{ items: { action: string; result: string; actor: string }[] }>(
      '/api/v1/audit',
    );
    expect(answer.items.slice(0, 2).map(({ action, result, actor }) => [action, result, actor])).toEqual([
      ['direction.resume', 'done', 'launcher'],
      ['direction.pause', 'done', 'launcher'],
    ]);
  });

  test('changes at run time what may change, against what was read, and names what needs a restart', async () => {
    const read = await waitFor(
      async () => {
        const found = await ask<ConfigurationView>('/api/v1/config');
        return found.answer.directions.every(({ keys }) => keys.length > 0) ? found : null;
      },
      { deadlineMs: 30_000, what: 'both directions to tell their configuration' },
    );
    const change = {
      method: 'PUT',
      body: JSON.stringify({ directions: { [direction]: { 'batch.maxRows': 321, 'source.port': 1 } } }),
    };
    expect((await ask('/api/v1/config', change)).status).toBe(428);
    const tag = read.headers.get('etag') ?? '';
    const changed = await ask<ConfigurationAnswer>('/api/v1/config', {
      ...change,
      headers: { 'if-match': tag },
    });
    expect(changed.answer.changed).toEqual([
      { direction, path: 'batch.maxRows', before: expect.any(Number), after: 321 },
    ]);
    expect(changed.answer.needsRestart.map(({ path, how }) => [path, how])).toEqual([
      ['source.port', expect.stringContaining('DB_LEGACY_PORT')],
    ]);
    expect((await ask('/api/v1/config', { ...change, headers: { 'if-match': tag } })).status).toBe(412);
    await waitFor(
      async () => {
        const { answer } = await ask<ConfigurationView>('/api/v1/config');
        const view = answer.directions.find((each) => each.direction === direction);
        const key = view?.keys.find(({ path }) => path === 'batch.maxRows');
        return view?.inForce === true && key?.value === 321 && key.from === 'runtime';
      },
      { deadlineMs: 30_000, what: 'the change to be in force' },
    );
    const { answer } = await ask<ConfigurationView>('/api/v1/config');
    expect(JSON.stringify(answer)).not.toContain(
      new URL(scenario.system.databases.legacy.adminUrl).password || 'no word at all',
    );
  });

  test('shows a killed direction as lost within 5 s, with a lag that rises until it is back', async () => {
    const service = scenario.system.services.find(({ name }) => name === direction);
    // Frozen and not ended: nobody starts it again meanwhile.
    service?.kill('SIGSTOP');
    const frozenAt = Date.now();
    try {
      await untilState('lost', 30_000);
      const { silentSeconds } = (await viewOf(direction)).instances[0] ?? {};
      expect(silentSeconds).toBeLessThan((Date.now() - frozenAt) / 1_000 + 2);
      const email = await insertUser();
      const first = await waitFor(
        async () => {
          const lag = await lagOf(direction);
          return lag.messages > 0 && lag.seconds > 0.5 ? lag : null;
        },
        { deadlineMs: 60_000, what: 'the lag of a lost direction' },
      );
      await waitFor(async () => (await lagOf(direction)).seconds > first.seconds + 2, {
        deadlineMs: 60_000,
        what: 'the lag to rise',
      });
      const metrics = await (await fetch(`${scenario.system.controlApi.url}/metrics`)).text();
      expect(metrics).toMatch(
        /sync_consumer_lag_messages\{group="sync-service-legacy",topic="legacy.public.legacy_users"\} [1-9]/,
      );
      expect(metrics).toContain(`sync_direction_state{direction="${direction}",state="lost"} 1`);
      service?.kill('SIGCONT');
      await waitFor(() => hasCrossed(email), { deadlineMs: 90_000, what: 'the user to cross' });
    } finally {
      service?.kill('SIGCONT');
    }
    await untilState('running');
  });

  test('answers every operation as described on the running system, whatever is sent', async () => {
    const { answer: description } = await ask<Description>('/openapi.json');
    const { faults, statuses } = await fuzzOperations(scenario.system.controlApi, description, 15);
    expect(faults).toEqual([]);
    expect([...statuses.values()].some((seen) => (seen.get(200) ?? 0) > 0)).toBe(true);
    expect(scenario.system.controlApi.service.restarts).toBe(0);
  });

  test('restarts a connector with its tasks, notes it, and leaves alone what a dry run or a wrong name says', async () => {
    /** The server process that serves the connector: another one after a restart. */
    const sender = (): Promise<number> =>
      waitFor(
        async () => {
          const { rows } = await scenario.system.databases.legacyPool.query<{ active_pid: number | null }>(
            'select active_pid from pg_replication_slots where active_pid is not null',
          );
          return rows[0]?.active_pid ?? null;
        },
        { deadlineMs: 60_000, what: 'the connector to read' },
      );
    const before = await sender();
    const restart = '/api/v1/connectors/legacy/restart';
    expect((await post(`${restart}?dryRun=true`)).answer).toMatchObject({
      connector: 'legacy',
      dryRun: true,
      before: { state: 'RUNNING', tasks: [{ id: 0, state: 'RUNNING' }] },
    });
    expect((await post(`${restart}?onlyFailed=true`)).answer).toMatchObject({ onlyFailed: true });
    expect((await post('/api/v1/connectors/nobody/restart')).status).toBe(404);
    expect(await sender()).toBe(before);
    expect((await post(restart)).answer).toMatchObject({ onlyFailed: false, dryRun: false });
    await waitFor(async () => (await sender()) !== before, { deadlineMs: 60_000, what: 'the restart' });
    const email = await insertUser();
    await waitFor(() => hasCrossed(email), { deadlineMs: 60_000, what: 'the user to cross' });
    const { answer } = await ask<{ items: { target: string; after: object }[] }>(
      '/api/v1/audit?action=connector.restart&limit=2',
    );
    // Newest first; other tests restart connectors too.
    expect(answer.items.map(({ target, after }) => [target, after])).toEqual([
      ['legacy', { onlyFailed: false }],
      ['legacy', { onlyFailed: true }],
    ]);
  });

  test.each([
    ['kafka', { KAFKA_BROKERS: '127.0.0.1:1' }, '/api/v1/directions'],
    ['connect', { CONNECT_URL: 'http://127.0.0.1:1' }, '/api/v1/connectors'],
    ['store', { ROWBRIDGE_CONTROL_STORE_URL: 'postgres://user:word@127.0.0.1:1/store' }, '/api/v1/audit'],
  ])('with %s alone down names it, and answers every operation as described', async (name, down, path) => {
    const { stack, databases } = scenario.system;
    const api = await startApi({
      KAFKA_BROKERS: stack.kafka.brokers.join(','),
      CONNECT_URL: stack.connect.url,
      SCHEMA_REGISTRY_URL: stack.schemaRegistry.confluentUrl,
      ...databaseVariables('LEGACY', databases.legacy.adminUrl),
      ...databaseVariables('REVAMP', databases.revamp.adminUrl),
      ...down,
    });
    try {
      const headers = { authorization: `Bearer ${everything}` };
      const stateOf = async (): Promise<Record<string, string>> => {
        const answer = await fetch(`${api.url}/health`, { headers });
        const { checks } = (await answer.json()) as { checks: { name: string; status: string }[] };
        return Object.fromEntries(checks.map((check) => [check.name, check.status]));
      };
      const ups = ['kafka', 'connect', 'store', 'database legacy', 'database revamp'];
      const expected = Object.fromEntries(ups.map((check) => [check, check === name ? 'down' : 'up']));
      await waitFor(async () => JSON.stringify(await stateOf()) === JSON.stringify(expected), {
        deadlineMs: 60_000,
        what: `${name} alone to be down`,
        intervalMs: 500,
      });
      expect(await (await fetch(`${api.url}${path}`, { headers })).json()).toMatchObject({
        status: 503,
        dependency: name,
      });
      const description = (await (await fetch(`${api.url}/openapi.json`)).json()) as Description;
      const { faults } = await fuzzOperations({ url: api.url, token: everything }, description, 6);
      expect(faults).toEqual([]);
    } finally {
      await api.close();
    }
  });
});
