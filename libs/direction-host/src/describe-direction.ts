import type { ConfigurationOrigin, DirectionStatus, TableStatus } from '@rowbridge/control-protocol';
import type { RowbridgeError } from '@rowbridge/errors';
import type { PartitionName } from '@rowbridge/kafka';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import type { DirectionMonitor } from './direction-monitor.js';
import type { DirectionState } from './direction-state.js';
import type { DirectionTally } from './direction-tally.js';
import type { PauseOrders } from './pause-orders.js';
import type { RuntimeConfiguration } from './runtime-configuration.js';

export interface DescribedDirection {
  readonly plan: DirectionPlan;
  readonly instance: string;
  readonly url: string;
  readonly startedAtMs: number;
  readonly state: DirectionState;
  readonly tally: DirectionTally;
  readonly pauses: PauseOrders;
  readonly settings: Pick<RuntimeConfiguration, 'version'>;
  /** What file and environment say, secrets masked. */
  readonly origins: readonly ConfigurationOrigin[];
  readonly monitor: Pick<DirectionMonitor, 'lagSeconds' | 'lagOf' | 'pendingLooksOf'>;
  readonly assignment: () => readonly PartitionName[];
  readonly now: () => number;
}

/** The direction as it tells others of itself: names, counts, times and faults, never a row. */
export function describeDirection(described: DescribedDirection): DirectionStatus {
  const { plan, instance, url, startedAtMs, state, settings, monitor, assignment, now } = described;
  return {
    direction: plan.name,
    instance,
    url,
    startedAtMs,
    reportedAtMs: now(),
    state: state.consumerState,
    stopReason: state.stopReason && faultOf(state.stopReason),
    lastError: state.lastError,
    lagSeconds: monitor.lagSeconds,
    tables: plan.tables.map((table) => describeTable(table, described)),
    assignment: assignment().map(({ topic, partition }) => ({ topic, partition })),
    settingsVersion: settings.version,
    configuration: described.origins,
  };
}

function describeTable(table: TablePlan, { state, tally, pauses, monitor }: DescribedDirection): TableStatus {
  const { outcomes, conflicts } = tally.of(table.entity);
  const held = state.heldTopics().get(table.topic);
  return {
    table: table.entity,
    topic: table.topic,
    outcomes,
    conflicts,
    lagSeconds: monitor.lagOf(table.entity),
    pendingLooks: monitor.pendingLooksOf(table.entity),
    paused: pauses.isTablePaused(table.entity),
    held: held ? faultOf(held) : null,
  };
}

function faultOf({ code, message }: RowbridgeError): { code: string; message: string } {
  return { code, message };
}
