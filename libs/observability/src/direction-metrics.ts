import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { exportCertificateExpiry, type WatchedCertificate } from './certificate-expiry.js';

/** Seconds from the source's commit to the target's. */
const latencyBuckets = [
  0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300,
];
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const batchBuckets = [1, 2, 5, 10, 50, 100, 500, 1000, 2000, 5000];

/** What a direction measures; times in seconds. Table labels are entity names of the pair. */
export interface DirectionMetrics {
  readonly registry: Registry;
  event(event: { readonly table: string; readonly operation: string; readonly outcome: string }): void;
  error(table: string, errorCode: string): void;
  batch(batch: { readonly table: string; readonly records: number; readonly seconds: number }): void;
  /** A batch that was not committed, or only in part. */
  batchFailed(table: string, seconds: number): void;
  latency(table: string, seconds: number): void;
  targetWrite(target: string): void;
  deadLetter(letter: { readonly table: string; readonly errorCode: string }): void;
  conflict(conflict: { readonly table: string; readonly type: string; readonly resolution: string }): void;
  lookSettled(look: { readonly table: string; readonly outcome: string }): void;
  echoLeak(table: string, count: number): void;
  lag(table: string, seconds: number): void;
  secondLooks(looks: {
    readonly byReason: ReadonlyMap<string, number>;
    readonly stuckByReason: ReadonlyMap<string, number>;
    readonly oldestSeconds: number;
  }): void;
  schemaDrift(tables: number): void;
  /** Clock of the source less our own, seconds. */
  clockSkew(seconds: number): void;
  breakerOpen(): void;
  /** The one state a connector is in; its label is in lower case, as the control API spells the same metric's. */
  connectorState(connector: string, state: string): void;
  /** Log the source keeps for its connector, bytes; null where that is not known now. */
  sourceLogRetained(connector: string, bytes: bigint | null): void;
}

/**
 * The metrics of one direction, with those of the process, in a registry of their own.
 * @param certificates what the direction's connections rely on
 */
export function createDirectionMetrics(
  direction: string,
  certificates: readonly WatchedCertificate[] = [],
): DirectionMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ direction });
  collectDefaultMetrics({ register: registry });
  exportCertificateExpiry(registry, certificates);
  return {
    registry,
    ...countingMetrics(registry),
    ...measuringMetrics(registry),
    ...timingMetrics(registry),
  };
}

type Counting = Pick<
  DirectionMetrics,
  'event' | 'error' | 'targetWrite' | 'deadLetter' | 'conflict' | 'lookSettled' | 'echoLeak'
>;

function countingMetrics(registry: Registry): Counting {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const events = counter('sync_events_total', 'Records by outcome', ['table', 'operation', 'outcome']);
  const errors = counter('sync_errors_total', 'Failures by error code', ['table', 'error_code']);
  const deadLetters = counter('sync_dead_letters_total', 'Records sent to the dead letter queue', [
    'error_code',
  ]);
  const conflicts = counter('sync_conflicts_total', 'Settled conflicts', ['table', 'type', 'resolution']);
  const writes = counter('sync_target_writes_total', 'Changes applied to the target', ['target']);
  const leaks = counter('sync_echo_leaks_total', 'Sync writes the log origin filter let through', ['table']);
  const settledLooks = counter(
    'sync_second_looks_settled_total',
    'Second looks by how they ended or went on',
    ['table', 'outcome'],
  );
  return {
    event: (labels) => events.inc(labels),
    error: (table, errorCode) => errors.inc({ table, error_code: errorCode }),
    targetWrite: (target) => writes.inc({ target }),
    deadLetter({ table, errorCode }) {
      deadLetters.inc({ error_code: errorCode });
      errors.inc({ table, error_code: errorCode });
    },
    conflict: (labels) => conflicts.inc(labels),
    lookSettled: (labels) => settledLooks.inc(labels),
    echoLeak: (table, count) => leaks.inc({ table }, count),
  };
}

type Measuring = Pick<
  DirectionMetrics,
  'lag' | 'secondLooks' | 'schemaDrift' | 'clockSkew' | 'breakerOpen' | 'connectorState' | 'sourceLogRetained'
>;

function measuringMetrics(registry: Registry): Measuring {
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[]): Gauge<Label> =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const lag = gauge('sync_lag_seconds', 'Age of the oldest unapplied change', ['table']);
  const looks = gauge('sync_second_looks', 'Keys that await a second look', ['reason']);
  const stuckLooks = gauge('sync_second_looks_stuck', 'Second looks past their deadline', ['reason']);
  const oldestLook = gauge('sync_second_look_oldest_seconds', 'Age of the oldest second look', []);
  const drift = gauge('sync_schema_drift', 'Tables held because of their schema', []);
  const skew = gauge('sync_clock_skew_seconds', 'Clock of the source database less our own', []);
  const breaker = gauge('sync_breaker_open', 'Whether the dead letter breaker has stopped the direction', []);
  const connector = gauge('sync_connector_state', 'The state a connector is in: 1 for that one', [
    'connector',
    'state',
  ]);
  const retained = gauge('sync_source_log_retained_bytes', 'Log the source keeps for its connector', [
    'connector',
  ]);
  return {
    sourceLogRetained(name, bytes) {
      retained.reset();
      if (bytes !== null) retained.set({ connector: name }, Number(bytes));
    },
    connectorState(name, state) {
      connector.reset();
      connector.set({ connector: name, state: state.toLowerCase() }, 1);
    },
    lag: (table, seconds) => lag.set({ table }, seconds),
    secondLooks({ byReason, stuckByReason, oldestSeconds }) {
      looks.reset();
      stuckLooks.reset();
      for (const [reason, count] of byReason) looks.set({ reason }, count);
      for (const [reason, count] of stuckByReason) stuckLooks.set({ reason }, count);
      oldestLook.set(oldestSeconds);
    },
    schemaDrift: (tables) => drift.set(tables),
    clockSkew: (seconds) => skew.set(seconds),
    breakerOpen: () => breaker.set(1),
  };
}

type Timing = Pick<DirectionMetrics, 'batch' | 'batchFailed' | 'latency'>;

function timingMetrics(registry: Registry): Timing {
  const registers = [registry];
  const latency = new Histogram({
    name: 'sync_latency_seconds',
    help: 'Source commit to target commit',
    labelNames: ['table'],
    buckets: latencyBuckets,
    registers,
  });
  const duration = new Histogram({
    name: 'sync_duration_seconds',
    help: 'Time spent by stage',
    labelNames: ['table', 'stage', 'status'],
    buckets: durationBuckets,
    registers,
  });
  const batchSize = new Histogram({
    name: 'sync_batch_size',
    help: 'Records of a committed batch',
    buckets: batchBuckets,
    registers,
  });
  return {
    batch({ table, records, seconds }) {
      batchSize.observe(records);
      duration.observe({ table, stage: 'batch', status: 'success' }, seconds);
    },
    batchFailed: (table, seconds) => duration.observe({ table, stage: 'batch', status: 'error' }, seconds),
    latency: (table, seconds) => latency.observe({ table }, seconds),
  };
}
