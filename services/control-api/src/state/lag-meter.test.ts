import { RowbridgeError } from '@rowbridge/errors';
import { deriveDirectionPlan } from '@rowbridge/mapping';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { dependencyProblem } from '../http/request-problem.js';
import { LagMeter } from './lag-meter.js';

const plan = deriveDirectionPlan(legacyRevamp, 'legacy');
const users = 'legacy.public.legacy_users';

/** One partition a topic; of the users' topic the times of its records, the others are empty. */
function meterOver(initial: { times: number[]; applied: Map<string, bigint>; nowMs: number }) {
  const world = { ...initial, down: null as null | 'kafka' | 'database revamp' };
  const lines: string[] = [];
  const meter = new LagMeter({
    plans: [plan],
    readApplied: async () => {
      if (world.down === 'database revamp') throw dependencyProblem('database revamp', new Error('refused'));
      return world.applied;
    },
    admin: () => ({
      topicOffsets: async (topic) => {
        if (world.down === 'kafka') throw new RowbridgeError('kafka_unreachable', 'gone');
        return [{ partition: 0, low: 0n, high: topic === users ? BigInt(world.times.length) : 0n }];
      },
      offsetsFrom: async (_topic, timestampMs) => {
        const first = world.times.findIndex((time) => time >= timestampMs);
        return new Map([[0, BigInt(first < 0 ? world.times.length : first)]]);
      },
    }),
    logger: { warn: (_fields: object, text: string) => void lines.push(text) } as never,
    now: () => world.nowMs,
  });
  const usersLag = () => {
    const topic = meter.read()[0]?.topics.find((lag) => lag.topic === users);
    return topic && { messages: topic.messages, seconds: meter.secondsOf(topic) };
  };
  return { world, meter, lines, usersLag };
}

const startMs = 1_800_000_000_000;

describe('the lag measured from outside', () => {
  test('counts what lies between the recorded offset and the end, and the age of the oldest of it', async () => {
    const { meter, usersLag } = meterOver({
      times: [startMs - 90_000, startMs - 60_000, startMs - 1_000],
      applied: new Map([[`${users}/0`, 1n]]),
      nowMs: startMs,
    });
    await meter.measure();
    expect(usersLag()?.messages).toBe(2);
    expect(usersLag()?.seconds).toBeGreaterThan(60 * (15 / 16));
    expect(usersLag()?.seconds).toBeLessThanOrEqual(60);
    expect(meter.read()[0]).toMatchObject({
      group: 'sync-service-legacy',
      problem: null,
      measuredAtMs: startMs,
    });
  });

  test('keeps rising in messages and seconds while nobody applies anything, and falls to 0 when all is applied', async () => {
    const { world, meter, usersLag } = meterOver({
      times: [startMs],
      applied: new Map(),
      nowMs: startMs + 500,
    });
    const seen = [];
    for (let step = 1; step <= 3; step += 1) {
      await meter.measure();
      seen.push(usersLag());
      world.nowMs += 10_000;
      world.times.push(world.nowMs - 1);
    }
    expect(seen.map((lag) => lag?.messages)).toEqual([1, 2, 3]);
    const seconds = seen.map((lag) => lag?.seconds ?? 0);
    expect(seconds[1]).toBeCloseTo((seconds[0] ?? 0) + 10, 5);
    expect(seconds[2]).toBeCloseTo((seconds[0] ?? 0) + 20, 5);
    world.applied = new Map([[`${users}/0`, 4n]]);
    await meter.measure();
    expect(usersLag()).toEqual({ messages: 0, seconds: 0 });
  });

  test('goes on rising in seconds when it can no longer be measured, and says what is down', async () => {
    const { world, meter, usersLag, lines } = meterOver({
      times: [startMs - 5_000],
      applied: new Map(),
      nowMs: startMs,
    });
    await meter.measure();
    const before = usersLag()?.seconds ?? 0;
    for (const down of ['kafka', 'database revamp'] as const) {
      world.down = down;
      world.nowMs += 30_000;
      await meter.measure();
      expect(meter.read()[0]?.problem?.options.dependency).toBe(down);
    }
    expect(usersLag()?.seconds).toBeCloseTo(before + 60, 5);
    expect(lines).toHaveLength(1);
    world.down = null;
    await meter.measure();
    expect(meter.read()[0]?.problem).toBeNull();
  });

  test('does not count what the broker has dropped', async () => {
    const { meter } = meterOver({ times: [], applied: new Map(), nowMs: startMs });
    await meter.measure();
    expect(meter.read()[0]?.topics.map(({ messages, oldestMs }) => [messages, oldestMs])).toEqual([
      [0, null],
      [0, null],
      [0, null],
    ]);
  });
});
