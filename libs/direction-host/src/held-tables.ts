import type { AppliedOffsets, TargetAdministration } from '@rowbridge/database-access';
import type { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import type { Logger } from '@rowbridge/observability';
import { diagnosisOf, driftFault, type DriftDiagnosis } from './diagnose-drift.js';
import type { DirectionState } from './direction-state.js';
import type { SchemaWatch } from './schema-watch.js';

/** A table that waits for its schema, as shown to people. */
export interface HeldTable extends DriftDiagnosis {
  /** Entity. */
  readonly table: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/**
 * What found that the table must wait: each must find that it need not, before the table goes on. `catalog`: neither a
 * record nor a look, but the tables as the servers describe them.
 */
export type HeldBy = 'catalog' | 'records' | 'looks';

type Target = Pick<
  TargetAdministration,
  'recordSchemaDrift' | 'resolveSchemaDrift' | 'openSchemaDrifts' | 'readAppliedOffsets' | 'lookSummary'
> & { readonly schema: TargetAdministration['schema'] };

export interface HeldTablesOptions {
  readonly plan: DirectionPlan;
  readonly watch: SchemaWatch;
  readonly source: { readonly schema: TargetAdministration['schema'] };
  readonly target: Target;
  readonly state: DirectionState;
  readonly logger: Logger;
  /** End offsets of a topic's partitions. */
  readonly readEnds: (topic: string) => Promise<ReadonlyMap<number, bigint>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Hold {
  readonly shown: HeldTable;
  readonly heldBy: Set<HeldBy>;
}

/** Keeps account of the tables that wait for their schema: shown in the health, recorded in `schema_drift`, logged. */
export class HeldTables {
  private readonly holds = new Map<string, Hold>();
  /** Of tables whose drift a former process recorded: where their topics ended at the start. */
  private readonly inheritedEnds = new Map<string, ReadonlyMap<number, bigint>>();

  constructor(private readonly options: HeldTablesOptions) {}

  /** The tables that wait, in the order of the plan. */
  get shown(): readonly HeldTable[] {
    return this.options.plan.tables.flatMap(({ entity }) => this.holds.get(entity)?.shown ?? []);
  }

  isHeldBy(entity: string, heldBy: HeldBy): boolean {
    return this.holds.get(entity)?.heldBy.has(heldBy) === true;
  }

  /**
   * Takes over what a former process recorded, and judges the tables as they are: one that does not fit waits.
   */
  async begin(): Promise<void> {
    const { plan, watch, target } = this.options;
    const drifts = await target.openSchemaDrifts();
    watch.inherit(drifts);
    for (const table of plan.tables) {
      const { entity, topic } = table;
      if (drifts.some((drift) => drift.table === entity)) {
        this.inheritedEnds.set(entity, await this.options.readEnds(topic));
      }
      const diagnosis = watch.diagnose(table);
      if (diagnosis) await this.hold(topic, driftFault(table, diagnosis), 'catalog');
    }
  }

  /** Before a table that waits is tried again: reads what it is now. */
  async beforeAttempt(table: TablePlan): Promise<void> {
    if (this.holds.has(table.entity)) await this.options.watch.refresh(table);
  }

  /**
   * Makes a table wait, or keeps it waiting.
   * @returns the fault with everything that is known about its cause
   */
  async hold(topic: string, error: RowbridgeError, heldBy: HeldBy): Promise<RowbridgeError> {
    const { watch, target, state, logger } = this.options;
    const table = this.tableOf(topic);
    if (!table) return error;
    await watch.refresh(table);
    const diagnosis = this.inherited(table, watch.diagnose(table) ?? diagnosisOf(error));
    const fault = driftFault(table, diagnosis);
    const known = this.holds.get(table.entity);
    const shown = {
      ...diagnosis,
      table: table.entity,
      sinceMs: known?.shown.sinceMs ?? this.options.now(),
    };
    this.holds.set(table.entity, { shown, heldBy: new Set([...(known?.heldBy ?? []), heldBy]) });
    state.holdTopic(topic, fault);
    if (known?.shown.what !== diagnosis.what) {
      const { errorCode, statement, mappingPatch } = diagnosis;
      const line = { table: table.entity, errorCode, statement, mappingPatch, operation: 'schema_drift' };
      logger.error(line, `Table waits for its schema: ${diagnosis.what}`);
    }
    await target.recordSchemaDrift({ ...diagnosis, table: table.entity });
    return fault;
  }

  /** What found that the table must wait finds that it need not. @returns whether the table goes on */
  async release(topic: string, heldBy: HeldBy): Promise<boolean> {
    const table = this.tableOf(topic);
    if (!table) return true;
    const { entity } = table;
    const hold = this.holds.get(entity);
    hold?.heldBy.delete(heldBy);
    if ((hold && hold.heldBy.size > 0) || !(await this.hasPassedInherited(table))) return false;
    const { target, source, watch, state, logger } = this.options;
    await target.resolveSchemaDrift(entity);
    watch.forgetInherited(entity);
    source.schema.accept(entity);
    target.schema.accept(entity);
    this.inheritedEnds.delete(entity);
    state.releaseTopic(topic);
    if (this.holds.delete(entity)) {
      logger.info({ table: entity, operation: 'schema_drift' }, 'Table goes on: its schema fits');
    }
    return true;
  }

  /**
   * Reads the source's tables that do not wait as they are now: one that is gone sends no record that would tell, and
   * records do not say of every type that it cannot be carried.
   */
  async survey(): Promise<void> {
    const { plan, source, watch } = this.options;
    for (const table of plan.tables) {
      if (this.holds.has(table.entity)) continue;
      await source.schema.refresh(table.entity);
      const diagnosis = watch.diagnose(table);
      if (diagnosis) await this.hold(table.topic, driftFault(table, diagnosis), 'catalog');
    }
  }

  /** Partitions have been given out anew: another replica may have those whose records made a table wait. */
  reassigned(): void {
    for (const { heldBy } of this.holds.values()) if (heldBy.delete('records')) heldBy.add('catalog');
  }

  /** Looks again at tables that no record would tell of: held by the catalog, or by a former process. */
  async recheck(): Promise<void> {
    const { plan, watch } = this.options;
    for (const table of plan.tables) {
      const { entity, topic } = table;
      const isHeld = this.isHeldBy(entity, 'catalog');
      const isInherited = this.inheritedEnds.has(entity) && !this.holds.has(entity);
      if (!isHeld && !isInherited) continue;
      await watch.refresh(table);
      if (watch.diagnose(table) === null) await this.release(topic, 'catalog');
    }
  }

  private tableOf(topic: string): TablePlan | null {
    return this.options.plan.tables.find((table) => table.topic === topic) ?? null;
  }

  /** A former process may have seen more: what the table was before it changed. */
  private inherited({ entity }: TablePlan, diagnosis: DriftDiagnosis): DriftDiagnosis {
    const former = this.options.watch.inheritedOf(entity);
    if (!former || former.errorCode !== diagnosis.errorCode || former.column !== diagnosis.column)
      return diagnosis;
    const { what, statement, mappingPatch } = former;
    return { ...diagnosis, what, statement, mappingPatch };
  }

  /** Whether everything that waited when the process began has passed. */
  private async hasPassedInherited({ entity, topic, source }: TablePlan): Promise<boolean> {
    const ends = this.inheritedEnds.get(entity);
    if (!ends) return true;
    const { target, plan } = this.options;
    const applied: AppliedOffsets = await target.readAppliedOffsets(plan.name);
    const passed = [...ends].every(
      ([partition, end]) => (applied.get(`${topic}/${partition}`)?.nextOffset ?? 0n) >= end,
    );
    if (!passed) return false;
    return !(await target.lookSummary(plan.name)).countByTable.get(source.table);
  }
}
