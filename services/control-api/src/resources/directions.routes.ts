import {
  controlTopics,
  directionListSchema,
  dryRunQuery,
  pauseAnswerSchema,
  pauseRequestSchema,
  type Direction,
  type PauseAnswer,
  type PauseOrder,
} from '@rowbridge/control-protocol';
import type { DirectionPlan } from '@rowbridge/mapping';
import * as zod from 'zod';
import type { ApiContext, CreateModule } from '../api-context.js';
import type { Caller } from '../http/caller.js';
import { askDependency, RequestProblem } from '../http/request-problem.js';
import { route, type Route } from '../http/route.js';

const name = zod.string().min(1).max(200);
const orderQuery = zod.strictObject(dryRunQuery);
/** How long an order may take to be read back. */
const readBackMs = 3_000;

export const directionModule: CreateModule = (context) => ({
  routes: [
    route({
      method: 'get',
      path: '/api/v1/directions',
      operationId: 'listDirections',
      summary: 'Each direction with the state, counters and assignment its instances report every second',
      tag: 'directions',
      scope: 'read',
      answer: directionListSchema,
      async handle() {
        context.following.require();
        return { items: context.plans.map((plan) => describeDirection(context, plan)) };
      },
    }),
    ...orderRoutes(context, 'pause'),
    ...orderRoutes(context, 'resume'),
  ],
});

function orderRoutes(context: ApiContext, verb: 'pause' | 'resume'): readonly Route[] {
  const paused = verb === 'pause';
  const Verb = paused ? 'Pauses' : 'Resumes';
  const shared = {
    method: 'post',
    tag: 'directions',
    scope: 'operate',
    problems: ['not_found'],
    query: orderQuery,
    body: pauseRequestSchema.optional(),
    answer: pauseAnswerSchema,
  } as const;
  return [
    route({
      ...shared,
      path: `/api/v1/directions/{name}/${verb}`,
      operationId: `${verb}Direction`,
      summary: `${Verb} a direction; the order outlives restarts`,
      params: zod.object({ name }),
      handle: ({ params, query, body, caller }) =>
        giveOrder(context, {
          ...placeOf(context, params.name, null),
          paused,
          caller,
          reason: body?.reason ?? null,
          dryRun: query.dryRun,
        }),
    }),
    route({
      ...shared,
      path: `/api/v1/directions/{name}/tables/{table}/${verb}`,
      operationId: `${verb}Table`,
      summary: `${Verb} one table of a direction; the order outlives restarts`,
      params: zod.object({ name, table: name }),
      handle: ({ params, query, body, caller }) =>
        giveOrder(context, {
          ...placeOf(context, params.name, params.table),
          paused,
          caller,
          reason: body?.reason ?? null,
          dryRun: query.dryRun,
        }),
    }),
  ];
}

interface OrderPlace {
  readonly direction: string;
  readonly table: string | null;
}

interface GivenOrder extends OrderPlace {
  readonly paused: boolean;
  readonly caller: Caller;
  readonly reason: string | null;
  readonly dryRun: boolean;
}

function placeOf({ plans }: ApiContext, direction: string, table: string | null): OrderPlace {
  const plan = plans.find((candidate) => candidate.name === direction);
  if (!plan) throw new RequestProblem('not_found', 'There is no direction of this name.');
  if (table !== null && !plan.tables.some(({ entity }) => entity === table)) {
    throw new RequestProblem('not_found', `The direction ${direction} has no table of this name.`);
  }
  return { direction, table };
}

function orderKey({ direction, table }: OrderPlace): string {
  return table === null ? direction : `${direction}/${table}`;
}

async function giveOrder(context: ApiContext, given: GivenOrder): Promise<PauseAnswer> {
  const { pauseOrders, following, kafka, audit, now } = context;
  const { direction, table, paused, dryRun, caller, reason } = given;
  following.require();
  const key = orderKey(given);
  const before = pauseOrders.entries.get(key);
  const changed = (before?.paused ?? false) !== paused;
  const answer = { direction, table, paused, changed, dryRun };
  if (!changed || dryRun) return answer;
  const order: PauseOrder = { direction, table, paused, actor: caller.name, reason, orderedAtMs: now() };
  const change = {
    caller,
    action: `${table === null ? 'direction' : 'table'}.${paused ? 'pause' : 'resume'}`,
    target: key,
    before: { paused: !paused, reason: before?.reason ?? null },
    after: { paused, reason },
  };
  await audit.record(change, () =>
    askDependency('kafka', () =>
      kafka
        .require()
        .producer.send(controlTopics.control, [
          { key: Buffer.from(key), value: Buffer.from(JSON.stringify(order)) },
        ]),
    ),
  );
  // So that whoever asks next sees the order; where reading back takes longer it is given all the same.
  await pauseOrders.until(() => pauseOrders.entries.get(key)?.paused === paused, readBackMs);
  return answer;
}

function describeDirection(context: ApiContext, plan: DirectionPlan): Direction {
  const { board, connectorBySide } = context;
  const view = board.view(plan.name);
  return {
    name: plan.name,
    pair: plan.pair,
    source: { side: plan.source.name, engine: plan.source.engineFamily },
    target: { side: plan.target.name, engine: plan.target.engineFamily },
    connector: connectorBySide.get(plan.source.name) ?? null,
    consumerGroup: plan.consumerGroup,
    state: view.state,
    paused: pauseOf(context, { direction: plan.name, table: null }),
    tables: plan.tables.map(({ entity, topic }) => ({
      table: entity,
      topic,
      paused: pauseOf(context, { direction: plan.name, table: entity }),
    })),
    instances: view.instances.map(
      ({ status: { configuration: _shownByConfig, ...status }, lost, silentForMs }) => ({
        ...status,
        lost,
        silentSeconds: silentForMs / 1_000,
      }),
    ),
  };
}

function pauseOf({ pauseOrders }: ApiContext, place: OrderPlace): Direction['paused'] {
  const order = pauseOrders.entries.get(orderKey(place));
  if (order?.paused !== true) return null;
  return { actor: order.actor, reason: order.reason, since: new Date(order.orderedAtMs).toISOString() };
}
