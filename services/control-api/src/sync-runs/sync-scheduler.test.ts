import type { SyncRun } from '@rowbridge/control-protocol';
import type { StateValue } from '@rowbridge/control-store';
import { createLogger } from '@rowbridge/observability';
import { RequestProblem } from '../http/request-problem.js';
import { SyncScheduler, type SyncScheduleOptions } from './sync-scheduler.js';

const minuteMs = 60_000;
const startMs = Date.parse('2026-11-21T04:00:30Z');
const logger = createLogger({ name: 'test', level: 'fatal' });

interface Bench {
  nowMs: number;
  triggered: number;
  running: boolean;
  failure: Error | null;
  readonly stored: Map<string, unknown>;
  scheduler(): Promise<SyncScheduler>;
}

const schedulers: SyncScheduler[] = [];
afterEach(async () => {
  for (const scheduler of schedulers.splice(0)) await scheduler.stop();
});

function bench(): Bench {
  const stored = new Map<string, unknown>();
  const self: Bench = {
    nowMs: startMs,
    triggered: 0,
    running: false,
    failure: null,
    stored,
    async scheduler() {
      const options: SyncScheduleOptions = {
        system: 'pair',
        initial: { enabled: true, cron: '* * * * *', timeZone: 'UTC' },
        state: {
          get: async (name) => asState(stored.get(name)),
          put: async (name, content) => {
            stored.set(name, content);
            return asState(content);
          },
          remove: async (name) => stored.delete(name),
        },
        isRunning: () => self.running,
        trigger: async () => {
          if (self.failure !== null) throw self.failure;
          self.triggered += 1;
          return {} as SyncRun;
        },
        logger,
        now: () => self.nowMs,
      };
      const scheduler = new SyncScheduler(options);
      schedulers.push(scheduler);
      await scheduler.start();
      return scheduler;
    },
  };
  return self;
}

function asState(content: unknown): StateValue | null {
  return content === undefined ? null : { content, version: 1, changedAtMs: 0 };
}

describe('the schedule of fallback syncs', () => {
  it('begins one run at each time the expression names', async () => {
    const place = bench();
    const scheduler = await place.scheduler();
    await scheduler.beat();
    expect(place.triggered).toBe(0);
    expect(scheduler.shown().nextAt).toBe('2026-11-21T04:01:00.000Z');
    place.nowMs += minuteMs;
    await scheduler.beat();
    await scheduler.beat();
    expect(place.triggered).toBe(1);
    place.nowMs += minuteMs;
    await scheduler.beat();
    expect(place.triggered).toBe(2);
    expect(scheduler.shown()).toMatchObject({ lastOutcome: 'started', nextAt: '2026-11-21T04:03:00.000Z' });
  });

  it('begins none while a run is going on, whoever began that', async () => {
    const place = bench();
    const scheduler = await place.scheduler();
    place.running = true;
    place.nowMs += minuteMs;
    await scheduler.beat();
    expect([place.triggered, scheduler.shown().lastOutcome]).toEqual([0, 'skipped_running']);
    place.running = false;
    place.failure = new RequestProblem('illegal_transition', 'another process runs one');
    place.nowMs += minuteMs;
    await scheduler.beat();
    expect(scheduler.shown().lastOutcome).toBe('skipped_running');
  });

  it('is switched at run time, and stays so in the next process', async () => {
    const place = bench();
    const scheduler = await place.scheduler();
    await scheduler.change({ enabled: false });
    place.nowMs += 5 * minuteMs;
    await scheduler.beat();
    expect([place.triggered, scheduler.shown().nextAt]).toEqual([0, null]);
    const next = await place.scheduler();
    expect(next.shown()).toMatchObject({ enabled: false, cron: '* * * * *' });
    await next.change({ enabled: true, cron: '30 5 * * *', timeZone: 'Europe/Berlin' });
    expect(next.shown().nextAt).toBe('2026-11-21T04:30:00.000Z');
  });

  it('leaves out times that passed while nobody was there', async () => {
    const place = bench();
    await (await place.scheduler()).stop();
    place.nowMs += 10 * minuteMs;
    const next = await place.scheduler();
    await next.beat();
    expect(place.triggered).toBe(0);
  });

  it('misses no time by being started again', async () => {
    const place = bench();
    const scheduler = await place.scheduler();
    place.nowMs += minuteMs;
    await scheduler.start();
    await scheduler.beat();
    expect(place.triggered).toBe(1);
  });

  it('goes on after a run that could not be begun', async () => {
    const place = bench();
    const scheduler = await place.scheduler();
    place.failure = new RequestProblem('connect_unreachable', 'nobody there');
    place.nowMs += minuteMs;
    await scheduler.beat();
    expect(scheduler.shown().lastOutcome).toBe('failed');
    place.failure = null;
    place.nowMs += minuteMs;
    await scheduler.beat();
    expect(place.triggered).toBe(1);
  });

  it.each([
    [{ cron: 'every day' }, '/cron'],
    [{ cron: '0 0 31 2 *' }, '/cron'],
    [{ cron: '2026-12-24T03:00:00' }, '/cron'],
    [{ cron: '0 0 3 24 12 * 2026' }, '/cron'],
    [{ timeZone: 'Mars/Base' }, '/timeZone'],
  ])('refuses %j and keeps what was', async (change, pointer) => {
    const scheduler = await bench().scheduler();
    const refusal = await scheduler.change(change).catch((error: unknown) => error as RequestProblem);
    expect(refusal).toMatchObject({ code: 'request_invalid', options: { places: [{ pointer }] } });
    expect(scheduler.shown().cron).toBe('* * * * *');
  });

  it('that has no next time begins nothing, brings nothing down and can be switched off', async () => {
    const place = bench();
    const kept = {
      enabled: true,
      cron: '2026-11-21T04:00:00',
      timeZone: 'UTC',
      lastAtMs: null,
      lastOutcome: null,
    };
    place.stored.set('sync-schedule/pair', kept);
    const scheduler = await place.scheduler();
    expect(scheduler.shown()).toMatchObject({ enabled: true, nextAt: null });
    await scheduler.beat();
    expect(place.triggered).toBe(0);
    expect(await scheduler.change({ enabled: false })).toMatchObject({ enabled: false, cron: kept.cron });
    await expect(scheduler.change({ enabled: true })).rejects.toMatchObject({ code: 'request_invalid' });
  });
});
