import type { RawRecord } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import { createDirectionMetrics, createLogger } from '@rowbridge/observability';
import type { PipelineObserver, SettledRecord } from '@rowbridge/pipeline';
import { Breaker } from './breaker.js';
import { createDirectionObserver } from './direction-observer.js';
import { DirectionTally } from './direction-tally.js';

const table = { entity: 'users' } as unknown as TablePlan;
const event = { operation: 'update', estimatedCommitMs: 1_000 } as unknown as SettledRecord['event'];

describe('what a direction observes', () => {
  let metrics: ReturnType<typeof createDirectionMetrics>;
  let tally: DirectionTally;
  let breaker: Breaker;
  let errors: string[];
  let observer: PipelineObserver;

  beforeEach(() => {
    metrics = createDirectionMetrics('legacy-to-revamp');
    tally = new DirectionTally();
    breaker = new Breaker(1, 10, () => undefined);
    errors = [];
    observer = createDirectionObserver({
      metrics,
      tally,
      breaker,
      logger: createLogger({ name: 'test', level: 'fatal', destination: { write: () => undefined } }),
      failed: ({ code }) => void errors.push(code),
      target: 'revamp',
      now: () => 3_000,
    });
  });

  const settle = (change: Partial<SettledRecord>): void =>
    observer.recordSettled({
      table,
      record: {} as RawRecord,
      replayed: false,
      outcome: 'applied',
      event,
      ...change,
    });
  const latencies = async (): Promise<number> => {
    const metric = await metrics.registry.getSingleMetric('sync_latency_seconds')?.get();
    // A histogram's values carry the name of their series, which the client's type leaves out.
    const values = (metric?.values ?? []) as readonly {
      readonly metricName?: string;
      readonly value: number;
    }[];
    return values.find(({ metricName }) => metricName === 'sync_latency_seconds_count')?.value ?? 0;
  };

  it('counts outcomes and conflicts by table since the start', () => {
    settle({});
    settle({ outcome: 'duplicate' });
    settle({});
    observer.conflictSettled({ entity: 'users', type: 'insert_exists', resolution: 'manual' } as never);
    expect(tally.of('users')).toEqual({ outcomes: { applied: 2, duplicate: 1 }, conflicts: 1 });
    expect(tally.of('posts')).toEqual({ outcomes: {}, conflicts: 0 });
  });

  it('counts a replay, but takes its age for no latency and its failure for no flood of dead letters', async () => {
    settle({ replayed: true });
    settle({ replayed: true, outcome: 'dead_lettered' });
    expect(tally.of('users').outcomes).toEqual({ applied: 1, dead_lettered: 1 });
    expect(await latencies()).toBe(0);
    expect(breaker.isOpen).toBe(false);
    settle({});
    settle({ outcome: 'dead_lettered' });
    expect(await latencies()).toBe(1);
    expect(breaker.isOpen).toBe(true);
  });

  it('tells of a dead letter as the latest failure', () => {
    observer.recordDeadLettered({ table: 'users', errorCode: 'out_of_range', message: 'why' });
    expect(errors).toEqual(['out_of_range']);
  });
});
