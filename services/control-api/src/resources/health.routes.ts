import { healthSchema, livenessSchema, readinessSchema } from '@rowbridge/control-protocol';
import type * as zod from 'zod';
import type { ApiContext, CreateModule } from '../api-context.js';
import { route } from '../http/route.js';
import { pingDatabase } from '../state/applied-positions.js';
import { RecentAnswer } from '../state/recent-answer.js';

type Health = zod.output<typeof healthSchema>;
type Check = Health['checks'][number];

/** Anybody may ask, so what is behind it is asked at most so often. */
const keptMs = 1_000;
const checkLimitMs = 2_000;

export const healthModule: CreateModule = (context) => {
  const checks = new RecentAnswer(() => runChecks(context), keptMs, context.now);
  return {
    routes: [
      route({
        method: 'get',
        path: '/health',
        operationId: 'health',
        summary: 'How everything does; 503 when a database is down or a direction is too far behind',
        tag: 'health',
        scope: null,
        answer: healthSchema,
        answerStatuses: [200, 503],
        answerStatus: ({ status }) => (status === 'unhealthy' ? 503 : 200),
        handle: async () => summarise(context, await checks.read()),
      }),
      route({
        method: 'get',
        path: '/ready',
        operationId: 'ready',
        summary: 'Whether states have been read and the store is open; requests are answered before, too',
        tag: 'health',
        scope: null,
        answer: readinessSchema,
        answerStatuses: [200, 503],
        answerStatus: ({ ready }) => (ready ? 200 : 503),
        handle: async () => ({ ready: context.following.isOpen && context.store.isOpen }),
      }),
      route({
        method: 'get',
        path: '/live',
        operationId: 'live',
        summary: 'Whether the process itself is alive',
        tag: 'health',
        scope: null,
        answer: livenessSchema,
        handle: async () => ({ live: true }),
      }),
    ],
  };
};

function runChecks({ kafka, connect, store, databases }: ApiContext): Promise<readonly Check[]> {
  return Promise.all([
    check('kafka', () => kafka.require().admin.listTopics()),
    check('connect', () => connect.list()),
    check('store', () => store.require().ping()),
    ...databases.map(({ side, connection }) => check(databaseCheck(side), () => pingDatabase(connection))),
  ]);
}

const databaseCheck = (side: string): string => `database ${side}`;

async function check(name: string, ask: () => unknown): Promise<Check> {
  const begunAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${checkLimitMs} ms`)), checkLimitMs);
  });
  try {
    await Promise.race([(async () => ask())(), limit]);
    return { name, status: 'up', latencyMs: Math.round(performance.now() - begunAt) };
  } catch (failure) {
    return { name, status: 'down', message: failure instanceof Error ? failure.message : 'failed' };
  } finally {
    clearTimeout(timer);
  }
}

function summarise(context: ApiContext, checks: readonly Check[]): Health {
  const { plans, board, lag, configuration, databases } = context;
  const lags = new Map(lag.read().map((measured) => [measured.direction, measured.topics]));
  const directions = plans.map(({ name }) => {
    const topics = lags.get(name) ?? [];
    return {
      name,
      state: board.view(name).state,
      lagMessages: topics.reduce((sum, { messages }) => sum + messages, 0),
      lagSeconds: Math.max(0, ...topics.map((topic) => lag.secondsOf(topic))),
    };
  });
  const databaseNames = new Set(databases.map(({ side }) => databaseCheck(side)));
  const isDown = ({ status }: Check): boolean => status === 'down';
  const unhealthy =
    checks.some((each) => isDown(each) && databaseNames.has(each.name)) ||
    directions.some(({ lagSeconds }) => lagSeconds * 1_000 > configuration.health.lagThresholdMs);
  const healthy =
    !checks.some(isDown) && directions.every(({ state }) => ['running', 'paused'].includes(state));
  return {
    status: unhealthy ? 'unhealthy' : healthy ? 'healthy' : 'degraded',
    uptime: process.uptime(),
    checks: [...checks],
    directions,
  };
}
