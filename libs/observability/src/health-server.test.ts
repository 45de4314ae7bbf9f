import { createDirectionMetrics } from './direction-metrics.js';
import { startHealthServer, type HealthReport, type HealthServer } from './health-server.js';

let report: HealthReport;
let isReady: boolean;
let server: HealthServer;
let failure: Error | null;
const metrics = createDirectionMetrics('legacy-to-revamp');

beforeEach(async () => {
  report = { status: 'healthy', checks: [{ name: 'target', status: 'up', latencyMs: 2 }] };
  isReady = true;
  failure = null;
  server = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    registry: metrics.registry,
    health: () => (failure ? Promise.reject(failure) : Promise.resolve(report)),
    ready: () => isReady,
    live: () => true,
  });
});

afterEach(() => server.close());

async function ask(path: string): Promise<{ status: number; body: string; headers: Headers }> {
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, body: await response.text(), headers: response.headers };
}

describe('the endpoints of a service', () => {
  test('are served on a free port when the port is 0', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
  });

  test('/health answers 200 with status, uptime, checks and what else is known', async () => {
    report = { ...report, details: { consumer: { state: 'running' } } };
    const { status, body } = await ask('/health');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      status: 'healthy',
      uptime: expect.any(Number) as number,
      checks: [{ name: 'target', status: 'up', latencyMs: 2 }],
      consumer: { state: 'running' },
    });
  });

  test('/health answers 200 when degraded and 503 when unhealthy', async () => {
    report = { status: 'degraded', checks: [] };
    expect((await ask('/health')).status).toBe(200);
    report = { status: 'unhealthy', checks: [{ name: 'target', status: 'down', message: 'no answer' }] };
    expect((await ask('/health')).status).toBe(503);
  });

  test('/health answers 503 and no reason when a check throws', async () => {
    failure = new Error('password=hunter2');
    const { status, body } = await ask('/health');
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ status: 'unhealthy' });
    expect(body).not.toContain('hunter2');
  });

  test('/ready follows readiness while /live stays', async () => {
    expect((await ask('/ready')).status).toBe(200);
    isReady = false;
    expect((await ask('/ready')).status).toBe(503);
    expect((await ask('/live')).status).toBe(200);
  });

  test('an unknown path is answered 404 in JSON, and no answer names the framework or may be cached', async () => {
    const { status, body, headers } = await ask('/nothing');
    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ title: 'Not found' });
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('a port that is taken is refused with the reason', async () => {
    const port = Number(new URL(server.url).port);
    await expect(
      startHealthServer({
        host: '127.0.0.1',
        port,
        registry: metrics.registry,
        health: () => Promise.resolve(report),
        ready: () => true,
        live: () => true,
      }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('the metrics of a direction', () => {
  test('have the documented names and labels', async () => {
    metrics.event({ table: 'users', operation: 'update', outcome: 'applied' });
    metrics.error('users', 'deadlock');
    metrics.batch({ table: 'users', records: 20, seconds: 0.02 });
    metrics.latency('users', 0.004);
    metrics.targetWrite('revamp');
    metrics.deadLetter({ table: 'users', errorCode: 'out_of_range' });
    metrics.conflict({ table: 'users', type: 'update_origin_differs', resolution: 'source' });
    metrics.echoLeak('users', 2);
    metrics.lag('users', 1.5);
    metrics.secondLooks({
      byReason: new Map([['missing_parent', 3]]),
      stuckByReason: new Map([['missing_parent', 2]]),
      oldestSeconds: 9,
    });
    metrics.schemaDrift(0);
    metrics.clockSkew(0.25);
    const lines = (await ask('/metrics')).body.split('\n');
    for (const line of [
      'sync_events_total{table="users",operation="update",outcome="applied",direction="legacy-to-revamp"} 1',
      'sync_errors_total{table="users",error_code="deadlock",direction="legacy-to-revamp"} 1',
      'sync_batch_size_sum{direction="legacy-to-revamp"} 20',
      'sync_latency_seconds_bucket{le="0.005",direction="legacy-to-revamp",table="users"} 1',
      'sync_target_writes_total{target="revamp",direction="legacy-to-revamp"} 1',
      'sync_dead_letters_total{error_code="out_of_range",direction="legacy-to-revamp"} 1',
      'sync_conflicts_total{table="users",type="update_origin_differs",resolution="source",direction="legacy-to-revamp"} 1',
      'sync_echo_leaks_total{table="users",direction="legacy-to-revamp"} 2',
      'sync_lag_seconds{table="users",direction="legacy-to-revamp"} 1.5',
      'sync_second_looks{reason="missing_parent",direction="legacy-to-revamp"} 3',
      'sync_second_looks_stuck{reason="missing_parent",direction="legacy-to-revamp"} 2',
      'sync_second_look_oldest_seconds{direction="legacy-to-revamp"} 9',
      'sync_breaker_open{direction="legacy-to-revamp"} 0',
      'sync_schema_drift{direction="legacy-to-revamp"} 0',
      'sync_clock_skew_seconds{direction="legacy-to-revamp"} 0.25',
    ]) {
      expect(lines).toContain(line);
    }
  });

  test('drop a reason that no key awaits a look for any more', async () => {
    const doubtful = new Map([['doubtful', 1]]);
    metrics.secondLooks({ byReason: doubtful, stuckByReason: doubtful, oldestSeconds: 1 });
    metrics.secondLooks({ byReason: new Map(), stuckByReason: new Map(), oldestSeconds: 0 });
    expect((await ask('/metrics')).body).not.toContain('doubtful');
  });

  test('reach from 5 ms to 300 s in the latency histogram', async () => {
    metrics.latency('posts', 301);
    const { body, headers } = await ask('/metrics');
    expect(body).toContain(
      'sync_latency_seconds_bucket{le="300",direction="legacy-to-revamp",table="posts"} 0',
    );
    expect(headers.get('content-type')).toContain('text/plain');
  });
});
