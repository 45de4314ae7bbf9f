import type { SourceConnection, TargetAdministration } from '@rowbridge/database-access';
import type { DirectionMetrics, Logger } from '@rowbridge/observability';
import type { DirectionPlan } from '@rowbridge/mapping';
import type { DirectionState } from './direction-state.js';

export interface DirectionMonitorOptions {
  readonly plan: DirectionPlan;
  readonly state: DirectionState;
  readonly source: Pick<SourceConnection, 'readClock'>;
  readonly target: Pick<TargetAdministration, 'lookSummary' | 'maintainLedger'>;
  readonly metrics: DirectionMetrics;
  /** Looks at tables that wait although no record tells of them. */
  readonly recheckHeld: () => Promise<void>;
  /** Looks for tables that no mapping names, and for mapped ones of the source that no longer fit. */
  readonly surveyTables: () => Promise<void>;
  readonly logger: Logger;
  readonly now: () => number;
}

const beatMs = 1_000;
const ledgerMaintenanceMs = 3_600_000;
const clockSkewMs = 10_000;
const heldTablesMs = 5_000;
const surveyMs = 10_000;

/** Measures lag and pending second looks every second, and keeps the ledger's partitions in order every hour. */
export class DirectionMonitor {
  private timer: NodeJS.Timeout | null = null;
  private beating: Promise<void> = Promise.resolve();
  private isBeating = false;
  private oldestLooks: ReadonlyMap<string, number> = new Map();
  private looksByTable: ReadonlyMap<string, number> = new Map();
  private readonly lags = new Map<string, number>();
  private ledgerDueMs = 0;
  private clockDueMs = 0;
  private heldDueMs = 0;
  private surveyDueMs = 0;
  /** Largest lag of any table at the last beat, seconds. */
  lagSeconds = 0;
  pendingLooks = 0;
  /** Looks past their deadline, by reason. */
  stuckLooks: ReadonlyMap<string, number> = new Map();

  constructor(private readonly options: DirectionMonitorOptions) {}

  /** Lag of a table at the last beat, seconds. */
  lagOf(entity: string): number {
    return this.lags.get(entity) ?? 0;
  }

  /** Keys of a table that awaited a second look at the last beat. */
  pendingLooksOf(entity: string): number {
    const table = this.options.plan.tables.find((candidate) => candidate.entity === entity);
    return (table && this.looksByTable.get(table.source.table)) ?? 0;
  }

  start(): void {
    this.timer = setInterval(() => {
      // A beat that waits for a silent database is not queued behind: the queue would outlast a drain.
      if (this.isBeating) return;
      this.isBeating = true;
      this.beating = this.beat().finally(() => (this.isBeating = false));
    }, beatMs);
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.beating;
  }

  private async beat(): Promise<void> {
    const { logger } = this.options;
    try {
      this.measureHeldTables();
      // What waits for the target ages while the target cannot be asked, so the lag is measured before and after.
      this.measureLag();
      await this.measureLooks();
      this.measureLag();
      await this.maintainLedger();
      await this.measureClockSkew();
      await this.watchSchema();
    } catch (error) {
      logger.warn(
        { operation: 'monitor' },
        error instanceof Error ? error.message : 'The direction could not be measured',
      );
    }
  }

  private measureHeldTables(): void {
    const { state, metrics } = this.options;
    metrics.schemaDrift(state.heldTopics().size);
  }

  private async watchSchema(): Promise<void> {
    const { recheckHeld, surveyTables, now } = this.options;
    if (now() >= this.heldDueMs) {
      this.heldDueMs = now() + heldTablesMs;
      await recheckHeld();
    }
    if (now() < this.surveyDueMs) return;
    this.surveyDueMs = now() + surveyMs;
    await surveyTables();
  }

  private measureLag(): void {
    const { plan, state, metrics, now } = this.options;
    const unapplied = state.oldestUnapplied();
    let largest = 0;
    for (const table of plan.tables) {
      const oldestMs = unapplied.get(table.topic);
      const waiting = oldestMs === undefined ? 0 : Math.max(0, now() - oldestMs) / 1000;
      const oldestLookMs = this.oldestLooks.get(table.source.table);
      const looking = oldestLookMs === undefined ? 0 : Math.max(0, now() - oldestLookMs) / 1000;
      const lag = Math.max(waiting, looking);
      metrics.lag(table.entity, lag);
      this.lags.set(table.entity, lag);
      largest = Math.max(largest, lag);
    }
    this.lagSeconds = largest;
  }

  private async measureLooks(): Promise<void> {
    const { plan, target, metrics, now } = this.options;
    const looks = await target.lookSummary(plan.name);
    this.oldestLooks = looks.oldestByTable;
    this.looksByTable = looks.countByTable;
    const { oldestFirstSeenMs } = looks;
    const lookAge = oldestFirstSeenMs === null ? 0 : Math.max(0, now() - oldestFirstSeenMs) / 1000;
    const { byReason, stuckByReason } = looks;
    metrics.secondLooks({ byReason, stuckByReason, oldestSeconds: lookAge });
    this.pendingLooks = [...byReason.values()].reduce((sum, count) => sum + count, 0);
    this.stuckLooks = stuckByReason;
  }

  private async measureClockSkew(): Promise<void> {
    const { source, metrics, now } = this.options;
    if (now() < this.clockDueMs) return;
    this.clockDueMs = now() + clockSkewMs;
    const askedMs = now();
    const sourceMs = await source.readClock();
    metrics.clockSkew((sourceMs - (askedMs + now()) / 2) / 1000);
  }

  private async maintainLedger(): Promise<void> {
    const { target, logger, now } = this.options;
    if (now() < this.ledgerDueMs) return;
    this.ledgerDueMs = now() + ledgerMaintenanceMs;
    const { partitionsAdded, partitionsDropped } = await target.maintainLedger();
    if (partitionsAdded + partitionsDropped > 0) {
      logger.info({ partitionsAdded, partitionsDropped, operation: 'ledger' }, 'Ledger partitions moved on');
    }
  }
}
