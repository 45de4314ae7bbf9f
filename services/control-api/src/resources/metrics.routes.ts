import { metricsSchema, type TableStatus } from '@rowbridge/control-protocol';
import { recordOutcomes } from '@rowbridge/errors';
import type { DirectionPlan } from '@rowbridge/mapping';
import { exportCertificateExpiry } from '@rowbridge/observability';
import { Gauge, type Registry } from 'prom-client';
import * as zod from 'zod';
import type { ApiContext, CreateModule } from '../api-context.js';
import { route } from '../http/route.js';
import { readConnectors } from '../state/connector-states.js';
import { RecentAnswer } from '../state/recent-answer.js';

type Metrics = zod.output<typeof metricsSchema>;

const keptMs = 2_000;

export const metricsModule: CreateModule = (context) => {
  const { registry, connect, store, now } = context;
  const sources: MetricSources = {
    connectors: new RecentAnswer(() => readConnectors(connect), keptMs, now),
    deadLetters: new RecentAnswer(async () => store.require().deadLetters.counts(), keptMs, now),
  };
  registerGauges(context, sources);
  exportCertificateExpiry(registry, configuredCertificates(context));
  return {
    routes: [
      route({
        method: 'get',
        path: '/metrics',
        operationId: 'metrics',
        summary: "Prometheus' text format",
        tag: 'health',
        scope: null,
        mediaType: registry.contentType,
        answer: zod.string(),
        handle: () => registry.metrics(),
      }),
      route({
        method: 'get',
        path: '/api/v1/metrics',
        operationId: 'showMetrics',
        summary: 'The figures of all directions at one glance, as JSON',
        tag: 'metrics',
        scope: 'read',
        answer: metricsSchema,
        handle: () => summarise(context, sources),
      }),
    ],
  };
};

/** The authorities that the databases' certificates are verified with, where files name them. */
function configuredCertificates({ configuration }: ApiContext): readonly { name: string; file: string }[] {
  return Object.entries(configuration.databases).flatMap(([name, { tls }]) =>
    tls.enabled && tls.caFile !== undefined ? { name, file: tls.caFile } : [],
  );
}

interface MetricSources {
  readonly connectors: RecentAnswer<Awaited<ReturnType<typeof readConnectors>>>;
  readonly deadLetters: RecentAnswer<
    readonly { direction: string; table: string; errorCode: string; status: string; letters: number }[]
  >;
}

function registerGauges(context: ApiContext, { connectors }: MetricSources): void {
  const { registry, lag, board, plans } = context;
  gauge(registry, {
    name: 'sync_consumer_lag_messages',
    help: 'Records not applied, measured from outside the consumer',
    labelNames: ['group', 'topic'],
    read: async (set) => {
      for (const { group, topics, measuredAtMs } of lag.read())
        if (measuredAtMs !== null) for (const { topic, messages } of topics) set({ group, topic }, messages);
    },
  });
  gauge(registry, {
    name: 'sync_consumer_lag_seconds',
    help: 'Age of the oldest record not applied, measured from outside the consumer',
    labelNames: ['group', 'topic'],
    read: async (set) => {
      for (const { group, topics, measuredAtMs } of lag.read())
        if (measuredAtMs !== null)
          for (const topic of topics) set({ group, topic: topic.topic }, lag.secondsOf(topic));
    },
  });
  gauge(registry, {
    name: 'sync_direction_state',
    help: '1 for the state a direction is in, lost and unknown included',
    labelNames: ['direction', 'state'],
    read: async (set) => {
      for (const { name } of plans) set({ direction: name, state: board.view(name).state }, 1);
    },
  });
  gauge(registry, {
    name: 'sync_connector_state',
    help: '1 for the state a connector, or one of its tasks, is in',
    labelNames: ['connector', 'task', 'state'],
    read: async (set) => {
      for (const { name, status } of await connectors.read()) {
        if (status === null) continue;
        set({ connector: name, task: '', state: status.state.toLowerCase() }, 1);
        for (const { id, state } of status.tasks)
          set({ connector: name, task: String(id), state: state.toLowerCase() }, 1);
      }
    },
  });
}

interface GaugeOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  /** May fail: then there is no sample, and the other metrics are told all the same. */
  readonly read: (set: (labels: Record<Label, string>, value: number) => void) => Promise<void>;
}

function gauge<Label extends string>(registry: Registry, options: GaugeOptions<Label>): void {
  const { name, help, labelNames, read } = options;
  new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    async collect() {
      this.reset();
      await read((labels, value) => this.set(labels, value)).catch(() => this.reset());
    },
  });
}

async function summarise(context: ApiContext, sources: MetricSources): Promise<Metrics> {
  const [letters, connectors] = await Promise.all([
    sources.deadLetters.read().catch(() => null),
    sources.connectors.read().catch(() => null),
  ]);
  const open = letters?.filter(({ status }) => status === 'open');
  return {
    directions: context.plans.map((plan) => summariseDirection(context, plan)),
    openDeadLetters: open?.reduce((sum, entry) => sum + entry.letters, 0) ?? null,
    connectors:
      connectors?.map(({ name, status }) => ({ name, state: status?.state ?? 'UNASSIGNED' })) ?? null,
  };
}

function summariseDirection(
  { board, lag }: ApiContext,
  { name, tables }: DirectionPlan,
): Metrics['directions'][number] {
  const { state, instances } = board.view(name);
  const topics = lag.read().find(({ direction }) => direction === name)?.topics ?? [];
  const reports = instances.filter(({ lost }) => !lost).flatMap(({ status }) => status.tables);
  return {
    direction: name,
    state,
    lagMessages: topics.reduce((sum, { messages }) => sum + messages, 0),
    lagSeconds: Math.max(0, ...topics.map((topic) => lag.secondsOf(topic))),
    tables: tables.map(({ entity }) =>
      sumReports(
        entity,
        reports.filter(({ table }) => table === entity),
      ),
    ),
  };
}

function sumReports(
  table: string,
  reports: readonly TableStatus[],
): Metrics['directions'][number]['tables'][number] {
  const sum = (pick: (report: TableStatus) => number): number =>
    reports.reduce((total, report) => total + pick(report), 0);
  return {
    table,
    outcomes: Object.fromEntries(
      recordOutcomes.map((outcome) => [outcome, sum(({ outcomes }) => outcomes[outcome] ?? 0)]),
    ),
    conflicts: sum(({ conflicts }) => conflicts),
    // Each instance counts the looks of the whole direction.
    pendingLooks: Math.max(0, ...reports.map(({ pendingLooks }) => pendingLooks)),
    lagSeconds: Math.max(0, ...reports.map(({ lagSeconds }) => lagSeconds)),
  };
}
