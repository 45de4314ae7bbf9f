import { syncTriggerSchema, type SyncRun } from '@rowbridge/control-protocol';
import type { ControlStore } from '@rowbridge/control-store';
import type { OutgoingRecord } from '@rowbridge/kafka';
import { deriveDirectionPlan } from '@rowbridge/mapping';
import { createLogger } from '@rowbridge/observability';
import { legacyRevamp } from '@rowbridge/pair-legacy-revamp';
import { ConnectRequestError, type SnapshotNotification } from 'debezium-connect-client';
import { Registry } from 'prom-client';
import { ActiveRun } from './active-run.js';
import { ConnectorCare, type ConnectorControl } from './connector-care.js';
import type { RunPlan } from './plan-run.js';
import type { RunPorts } from './run-ports.js';
import { createSyncRunMetrics } from './sync-run-metrics.js';
import type { SyncedDirection, SyncedSystem } from './synced-system.js';

type State = 'RUNNING' | 'FAILED' | 'STOPPED';

/** A run over a real store; what is outside answers as told. */
export class SyncRunBench {
  nowMs = 1_000_000;
  connectorState: State = 'RUNNING';
  restarts = 0;
  /** What Kafka Connect fails at, and with which status; null where no answer comes. It stops a connector even so. */
  failing: { readonly stop?: number | null; readonly resume?: number | null } = {};
  readonly configuration: Record<string, string> = { 'incremental.snapshot.chunk.size': '100' };
  topicEnd = 40n;
  applied = 40n;
  resets = 0;
  readonly signals: { readonly id: string; readonly type: string; readonly data: object }[] = [];
  readonly shown: SyncRun[] = [];
  readonly registry = new Registry();
  readonly ports: RunPorts;
  readonly system: SyncedSystem;

  constructor(readonly store: ControlStore) {
    const direction = {
      plan: deriveDirectionPlan(legacyRevamp, 'legacy'),
      connector: 'legacy',
    } as unknown as SyncedDirection;
    this.system = { name: 'legacy-revamp', directions: [direction] };
    const logger = createLogger({ name: 'test', level: 'fatal' });
    const now = (): number => this.nowMs;
    this.ports = {
      runs: store.runs,
      state: store.state,
      offsets: {
        topicOffsets: async () => [{ partition: 0, low: 0n, high: this.topicEnd }],
        groupOffsets: async () => new Map([[0, this.applied]]),
      },
      producer: { send: async (_topic, records) => records.forEach((record) => this.#signal(record)) },
      care: new ConnectorCare({
        connect: this.#connect(),
        state: store.state,
        logger,
        now,
        patienceMs: 20_000,
      }),
      reconcileDeletes: async ({ onCount }) => {
        this.resets += 1;
        onCount('users', { rowsCompared: 500, looksListed: 3 });
      },
      reports: () => [],
      metrics: createSyncRunMetrics(this.registry),
      logger,
      now,
      patience: { startMs: 30_000, progressMs: 60_000, stopMs: 40_000 },
      onChange: (run) => void this.shown.push(run),
    };
  }

  #signal({ value }: OutgoingRecord): void {
    this.signals.push(JSON.parse(Buffer.from(value ?? []).toString()));
  }

  #connect(): ConnectorControl {
    return {
      status: async () => ({
        state: this.connectorState === 'FAILED' ? 'RUNNING' : this.connectorState,
        trace: null,
        tasks:
          this.connectorState === 'STOPPED'
            ? []
            : [{ id: 0, state: this.connectorState, worker: 'one', trace: null }],
      }),
      restart: async () => void (this.restarts += 1),
      stop: async () => {
        this.connectorState = 'STOPPED';
        this.#fail('stop');
      },
      resume: async () => {
        this.#fail('resume');
        this.connectorState = 'RUNNING';
      },
      configuration: async () => ({ ...this.configuration }),
      createOrUpdate: async (_name, configuration) => {
        Object.assign(this.configuration, configuration);
        return 'updated';
      },
    };
  }

  #fail(operation: 'stop' | 'resume'): void {
    const status = this.failing[operation];
    if (status === undefined) return;
    throw new ConnectRequestError({ operation, connector: 'legacy', status, message: 'not done' });
  }

  async begin(request: object = {}): Promise<ActiveRun> {
    const parsed = syncTriggerSchema.parse(request);
    const { system } = this;
    const [direction] = system.directions as [SyncedDirection];
    const [users] = direction.plan.tables.filter(({ entity }) => entity === 'users');
    if (users === undefined) throw new Error('no users');
    const plan: RunPlan = {
      request: parsed,
      filterWords: null,
      snapshots: [
        {
          direction,
          topic: 'rowbridge.signals.legacy',
          topicPrefix: 'legacy',
          tables: [
            { plan: users, dataCollection: 'public\\.legacy_users', condition: null, estimatedRows: 250 },
          ],
        },
      ],
    };
    const creation = await this.store.runs.create({
      system: system.name,
      trigger: 'manual',
      actor: 'somebody',
      directions: [direction.plan.name],
      tables: ['users'],
      keyFilter: null,
      reset: parsed.reset,
    });
    if (creation.kind === 'busy') throw new Error('busy');
    return new ActiveRun({ system, run: creation.run, details: null, plan, ports: this.ports });
  }

  notice(
    run: ActiveRun,
    type: SnapshotNotification['type'],
    details: Partial<SnapshotNotification> = {},
  ): void {
    run.take('legacy', {
      id: `${run.id}/legacy-to-revamp`,
      snapshot: 'incremental',
      type,
      connector: 'legacy',
      dataCollections: [],
      dataCollection: 'public.legacy_users',
      totalRows: null,
      status: null,
      lastProcessedKey: null,
      maximumKey: null,
      timestampMs: null,
      ...details,
    });
  }

  async read(run: ActiveRun, rows = 250): Promise<void> {
    this.notice(run, 'STARTED');
    this.notice(run, 'TABLE_SCAN_COMPLETED', { totalRows: rows, status: 'SUCCEEDED' });
    this.notice(run, 'COMPLETED');
    this.topicEnd += BigInt(rows);
    await run.step();
  }

  metric(name: string): Promise<string | undefined> {
    return this.registry.metrics().then((text) => text.split('\n').find((line) => line.startsWith(name)));
  }
}
