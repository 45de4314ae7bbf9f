import type { LookSummary } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan } from '@rowbridge/mapping';
import { createDirectionMetrics, createLogger } from '@rowbridge/observability';
import { DirectionMonitor } from './direction-monitor.js';
import { DirectionState } from './direction-state.js';

const topic = 'legacy.public.legacy_users';
const plan = {
  name: 'legacy-to-revamp',
  tables: [{ topic, entity: 'users', source: { table: 'legacy_users' } }],
} as unknown as DirectionPlan;

const noLooks: LookSummary = {
  byReason: new Map(),
  stuckByReason: new Map(),
  oldestByTable: new Map(),
  countByTable: new Map(),
  oldestFirstSeenMs: null,
};

describe('DirectionMonitor', () => {
  const logger = createLogger({ name: 'test', level: 'fatal', destination: { write: () => undefined } });
  const metrics = createDirectionMetrics('legacy-to-revamp');
  let state: DirectionState;
  let summarise: jest.Mock<Promise<LookSummary>>;
  let monitor: DirectionMonitor;
  let rechecks = 0;
  let tableSearches = 0;

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000 });
    [rechecks, tableSearches] = [0, 0];
    state = new DirectionState(logger);
    summarise = jest.fn(() => Promise.resolve(noLooks));
    monitor = new DirectionMonitor({
      plan,
      state,
      metrics,
      recheckHeld: () => Promise.resolve(void (rechecks += 1)),
      surveyTables: () => Promise.resolve(void (tableSearches += 1)),
      logger,
      now: Date.now,
      source: { readClock: () => Promise.resolve(Date.now() + 2_500) },
      target: {
        lookSummary: summarise,
        maintainLedger: () => Promise.resolve({ partitionsAdded: 0, partitionsDropped: 0 }),
      },
    });
    monitor.start();
  });

  afterEach(async () => {
    await monitor.stop();
    jest.useRealTimers();
  });

  const metric = async (name: string): Promise<number | undefined> =>
    (await metrics.registry.getSingleMetric(name)?.get())?.values[0]?.value;

  it('lets the lag grow while the target cannot be asked', async () => {
    summarise.mockRejectedValue(new RowbridgeError('connection_lost', 'gone'));
    state.batchBegan(`${topic}/0`, Date.now());
    await jest.advanceTimersByTimeAsync(5_000);
    expect(monitor.lagSeconds).toBe(5);
    expect(await metric('sync_lag_seconds')).toBe(5);
  });

  it('asks a target that does not answer once, and not once a second', async () => {
    let answer: (looks: LookSummary) => void = () => undefined;
    summarise.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(summarise).toHaveBeenCalledTimes(1);
    answer(noLooks);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(summarise).toHaveBeenCalledTimes(2);
    answer(noLooks);
  });

  it('tells how far the clock of the source is ahead', async () => {
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await metric('sync_clock_skew_seconds')).toBe(2.5);
  });

  it('looks at tables that wait every five seconds, and for new tables twice a minute', async () => {
    await jest.advanceTimersByTimeAsync(60_000);
    expect([rechecks, tableSearches]).toEqual([12, 6]);
  });

  it('counts the tables that wait for their schema', async () => {
    const error = new RowbridgeError('column_missing', 'no such column');
    for (const partition of [0, 1]) {
      state.partitionFailed(`${topic}/${partition}`, { error, failures: 1, retryInMs: 5_000 });
    }
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await metric('sync_schema_drift')).toBe(1);
  });
});
