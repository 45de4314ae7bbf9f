import { createStructReader } from '@rowbridge/change-event';
import { notificationTopic } from '@rowbridge/connectors';
import {
  syncHistoryQuery,
  syncHistorySchema,
  syncScheduleChangeSchema,
  syncScheduleSchema,
  syncStatusSchema,
  syncStopAnswerSchema,
  syncStreamEventSchema,
  syncTriggerAnswerSchema,
  syncTriggerQuery,
  syncTriggerSchema,
  type SyncStatus,
} from '@rowbridge/control-protocol';
import { createRegistrySchemaSource } from '@rowbridge/kafka';
import type { ApiContext, CreateModule } from '../api-context.js';
import { EventStream } from '../event-stream.js';
import { route, streamRoute, type Route } from '../http/route.js';
import { LastingLink } from '../state/lasting-link.js';
import { ConnectorCare } from './connector-care.js';
import { NotificationFeed } from './notification-feed.js';
import { createReconcileDeletes } from './reconcile-deletes.js';
import { defaultPatience, type RunPorts } from './run-ports.js';
import { createSyncRunMetrics } from './sync-run-metrics.js';
import { SyncRuns } from './sync-runs.js';
import { SyncScheduler } from './sync-scheduler.js';
import type { SyncedDatabase, SyncedSystem } from './synced-system.js';

/** In force until somebody switches it on: every night at three. */
const initialSchedule = { enabled: false, cron: '0 3 * * *', timeZone: 'UTC' };

/** Reads sources again on demand and by a schedule. */
export const syncRunsModule: CreateModule = (context) => {
  const { logger, store, kafka, now } = context;
  const system = systemOf(context);
  const stream = new EventStream({ heartbeatMs: context.configuration.http.streamHeartbeatMs });
  const runs = new SyncRuns({ system, ports: portsOf(context, stream), onLeft: () => work.reopen() });
  const scheduler = new SyncScheduler({
    system: system.name,
    get state() {
      return store.require().state;
    },
    initial: initialSchedule,
    isRunning: () => runs.isRunning,
    trigger: async () => {
      const request = syncTriggerSchema.parse({});
      return (await runs.trigger({ request, actor: 'scheduler', trigger: 'schedule' })).run;
    },
    logger,
    now,
  });
  const work = new LastingLink({
    dependency: 'kafka',
    open: async () => {
      await runs.start();
      const feed = feedOf(context, runs);
      try {
        await feed.start();
        await scheduler.start();
      } catch (failure) {
        await feed.stop();
        throw failure;
      }
      return feed;
    },
    close: (feed) => feed.stop(),
    logger,
  });
  return {
    routes: [...runRoutes(context, { runs, scheduler, stream }), ...scheduleRoutes(context, scheduler)],
    start: () => kafka.whenOpen(() => store.whenOpen(() => work.start())),
    async close() {
      await scheduler.stop();
      await runs.stop();
      await work.close();
      stream.close();
    },
  };
};

interface SyncParts {
  readonly runs: SyncRuns;
  readonly scheduler: SyncScheduler;
  readonly stream: EventStream;
}

const tag = 'sync';

function runRoutes(context: ApiContext, parts: SyncParts): readonly Route[] {
  return [triggerRoute(context, parts), stopRoute(context, parts), ...viewRoutes(parts)];
}

function triggerRoute({ kafka, audit }: ApiContext, { runs }: SyncParts): Route {
  return route({
    method: 'post',
    path: '/api/v1/sync/trigger',
    operationId: 'triggerSync',
    summary: 'Read all rows again, or those of some directions, tables or keys',
    description:
      'Answers at once; status, stream and history tell how it goes. Changes keep crossing meanwhile and win over what is read. A dry run says which tables would be read, about how many rows, and by which signals.',
    tag,
    scope: 'operate',
    query: syncTriggerQuery,
    body: syncTriggerSchema,
    answer: syncTriggerAnswerSchema,
    answerStatuses: [200, 202],
    answerStatus: ({ dryRun }) => (dryRun ? 200 : 202),
    problems: ['illegal_transition'],
    async handle({ body: request, query: { dryRun }, caller }) {
      if (dryRun) return { dryRun, run: null, plan: await runs.plan(request) };
      kafka.require();
      const { directions, tables, reset, chunkSize } = request;
      const after = { directions, tables, reset, chunkSize, conditions: request.filter?.length ?? 0 };
      const change = { caller, action: 'sync.trigger', target: 'sync', before: null, after };
      const { run, plan } = await audit.record(change, () =>
        runs.trigger({ request, actor: caller.name, trigger: 'manual' }),
      );
      return { dryRun, run, plan };
    },
  });
}

function stopRoute({ audit }: ApiContext, { runs }: SyncParts): Route {
  return route({
    method: 'post',
    path: '/api/v1/sync/stop',
    operationId: 'stopSync',
    summary: 'Stop the sync run that is going on',
    description: 'It has stopped once its connectors confirm it. Rows read by then are still applied.',
    tag,
    scope: 'operate',
    answer: syncStopAnswerSchema,
    answerStatuses: [202],
    answerStatus: () => 202,
    problems: ['illegal_transition'],
    async handle({ caller }) {
      const change = { caller, action: 'sync.stop', target: 'sync', before: null, after: null };
      return { run: await audit.record(change, () => runs.requestStop()) };
    },
  });
}

function viewRoutes({ runs, scheduler, stream }: SyncParts): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/sync/status',
      operationId: 'getSyncStatus',
      summary: 'The sync run that is going on, or the last, and the schedule',
      tag,
      scope: 'read',
      answer: syncStatusSchema,
      async handle() {
        const run = await runs.latest();
        const state: SyncStatus['state'] = run?.state ?? 'idle';
        return { state, run, schedule: scheduler.shown() };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/sync/history',
      operationId: 'listSyncRuns',
      summary: 'Sync runs, newest first',
      tag,
      scope: 'read',
      query: syncHistoryQuery,
      answer: syncHistorySchema,
      handle: ({ query }) => runs.history(query),
    }),
    streamRoute({
      method: 'get',
      path: '/api/v1/sync/stream',
      operationId: 'streamSync',
      summary: 'Each state of sync runs as it comes',
      tag,
      scope: 'read',
      event: syncStreamEventSchema,
      open: () => Promise.resolve(stream),
    }),
  ];
}

function scheduleRoutes({ audit }: ApiContext, scheduler: SyncScheduler): readonly Route[] {
  return [
    route({
      method: 'put',
      path: '/api/v1/sync/schedule',
      operationId: 'changeSyncSchedule',
      summary: 'Switch fallback syncs on or off, or change when they are begun',
      tag,
      scope: 'operate',
      body: syncScheduleChangeSchema,
      answer: syncScheduleSchema,
      handle: ({ body, caller }) =>
        audit.record(
          { caller, action: 'sync.schedule', target: 'sync', before: scheduler.shown(), after: body },
          () => scheduler.change(body),
        ),
    }),
  ];
}

function systemOf({ plans, connectorBySide, databases }: ApiContext): SyncedSystem {
  const databaseOf = (side: string): SyncedDatabase => {
    const found = databases.find((database) => database.side === side);
    if (found === undefined) throw new TypeError(`no database of side ${side}`);
    // The context opens pools for all of its databases.
    return found.connection;
  };
  return {
    name: plans[0]?.pair ?? '',
    directions: plans.map((plan) => ({
      plan,
      connector: connectorBySide.get(plan.source.name) ?? plan.source.topicPrefix,
      source: databaseOf(plan.source.name),
      target: databaseOf(plan.target.name),
    })),
  };
}

function feedOf(
  { kafka, configuration, connectorBySide, plans, logger }: ApiContext,
  runs: SyncRuns,
): NotificationFeed {
  return new NotificationFeed({
    kafka: kafka.require(),
    reader: createStructReader(createRegistrySchemaSource({ url: configuration.schemaRegistry.url })),
    topics: new Map(
      plans.map(({ source }) => [
        connectorBySide.get(source.name) ?? source.topicPrefix,
        notificationTopic(source.topicPrefix),
      ]),
    ),
    logger,
    onNotification: (connector, notification) => runs.takeNotification(connector, notification),
  });
}

function portsOf(context: ApiContext, stream: EventStream): RunPorts {
  const { store, kafka, connect, statuses, registry, logger, now } = context;
  const offsets: RunPorts['offsets'] = {
    topicOffsets: (topic) => kafka.require().admin.topicOffsets(topic),
    groupOffsets: (group, topic) => kafka.require().admin.groupOffsets(group, topic),
  };
  const producer: RunPorts['producer'] = {
    send: (topic, records) => kafka.require().producer.send(topic, records),
  };
  const state: RunPorts['state'] = {
    get: (name) => store.require().state.get(name),
    put: (name, content, condition) => store.require().state.put(name, content, condition),
    remove: (name) => store.require().state.remove(name),
  };
  return {
    get runs() {
      return store.require().runs;
    },
    state,
    offsets,
    producer,
    care: new ConnectorCare({ connect, state, logger, now }),
    reconcileDeletes: createReconcileDeletes({ connect, offsets, producer }),
    reports: () => [...statuses.entries.values()],
    metrics: createSyncRunMetrics(registry),
    logger,
    now,
    patience: defaultPatience,
    onChange: (run) => stream.publish('sync_run', { run }),
  };
}
