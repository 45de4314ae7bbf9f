import type { DecodedRecord, RowSchema } from '@rowbridge/change-event';
import type { OpenSchemaDrift, SchemaCatalog } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import {
  compareRecordSchema,
  findValueMisfits,
  type DirectionPlan,
  type PairDeclaration,
  type RecordFit,
  type TablePlan,
} from '@rowbridge/mapping';
import type { ValueRefusal } from '@rowbridge/pipeline';
import { diagnoseDrift, driftFault, type DriftDiagnosis } from './diagnose-drift.js';

export interface SchemaWatchOptions {
  readonly pair: PairDeclaration;
  readonly plan: DirectionPlan;
  readonly source: SchemaCatalog;
  readonly target: SchemaCatalog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Refusals that a change of schema may be behind. An unknown word of a declared value table never is. */
const explainable: ReadonlySet<string> = new Set([
  'unmappable_value',
  'out_of_range',
  'value_too_long',
  'null_not_allowed',
  'unsupported_type',
]);

const absorbed: RecordFit = { kind: 'absorbed' };

/** The source's catalog is read again no sooner, however many records of another schema wait. */
const catalogAgeMs = 1_000;

/**
 * Decides whether changes of schema are absorbed or make their table wait: by the schema of the records that come, once
 * a schema, and by both catalogs whenever something is refused. Reads nothing while all fits.
 */
export class SchemaWatch {
  private readonly tables: ReadonlyMap<string, TablePlan>;
  private readonly fits = new WeakMap<RowSchema, RecordFit>();
  private readonly sourceReadAtMs = new Map<string, number>();
  private readonly wanted: ReadonlyMap<string, ReadonlySet<string>>;
  /** What tables waited for when the process before this one ended; by entity. */
  private inherited: readonly OpenSchemaDrift[] = [];

  constructor(private readonly options: SchemaWatchOptions) {
    const { tables } = options.plan;
    this.tables = new Map(tables.map((table) => [table.topic, table]));
    this.wanted = new Map(
      tables.map((table) => [
        JSON.stringify([table.source.schema, table.source.table]),
        new Set([...table.source.key, ...table.columns.map(({ source }) => source), 'sync_source']),
      ]),
    );
  }

  /** The columns of a source table that the direction asks for; null where it knows no such table. */
  wantedColumns(schema: string, table: string): ReadonlySet<string> | null {
    return this.wanted.get(JSON.stringify([schema, table])) ?? null;
  }

  /** Remembers what a former process recorded as open, until the table has passed it. */
  inherit(drifts: readonly OpenSchemaDrift[]): void {
    this.inherited = drifts;
  }

  inheritedOf(entity: string): OpenSchemaDrift | null {
    return this.inherited.find((drift) => drift.table === entity) ?? null;
  }

  forgetInherited(entity: string): void {
    this.inherited = this.inherited.filter((drift) => drift.table !== entity);
  }

  /**
   * The records from the first on whose schema the mapping absorbs. Records of a schema that the source table had in
   * between, but has no longer, are marked as outlived.
   * @throws RowbridgeError the table's fault when the first record is not absorbed
   */
  async admit(decoded: readonly DecodedRecord[]): Promise<readonly DecodedRecord[]> {
    const table = this.tables.get(decoded[0]?.record.topic ?? '');
    if (!table) return decoded;
    const begin = decoded.findIndex((record) => (this.fitOf(table, record) ?? absorbed).kind !== 'absorbed');
    if (begin < 0) return decoded;
    const admitted: DecodedRecord[] = decoded.slice(0, begin);
    for (const record of decoded.slice(begin)) {
      const fit = this.fitOf(table, record) ?? absorbed;
      if (fit.kind === 'absorbed') admitted.push(record);
      else if (fit.kind === 'other_schema' && (await this.sourceFits(table))) {
        admitted.push(record.kind === 'change' ? { ...record, isOutlived: true } : record);
      } else if (admitted.length > 0) return admitted;
      else throw await this.faultOfRecord(table, fit);
    }
    return admitted;
  }

  /** The records, with those marked whose schema the mapping does not absorb: a second look reads their row as it is. */
  markOutlived(decoded: readonly DecodedRecord[]): readonly DecodedRecord[] {
    return decoded.map((record) => {
      const table =
        record.kind === 'change'
          ? this.options.plan.tables.find(
              ({ source }) => source.schema === record.event.schema && source.table === record.event.table,
            )
          : undefined;
      const fits = !table || (this.fitOf(table, record) ?? absorbed).kind === 'absorbed';
      return record.kind === 'change' && !fits ? { ...record, isOutlived: true } : record;
    });
  }

  /** The table's fault where a change of schema is behind the refusal of a value; null where the record is at fault. */
  async tableFaultBehind(table: TablePlan, refusal: ValueRefusal): Promise<RowbridgeError | null> {
    if (!explainable.has(refusal.errorCode)) return null;
    const { source, target } = this.options;
    const before = describeTable(target, table);
    await this.refresh(table);
    const misfits = this.diagnose(table);
    if (misfits) return driftFault(table, misfits);
    const [sourceNow, targetNow] = [source.now(table.entity), target.now(table.entity)];
    if (!sourceNow || !targetNow) return null;
    const found = findValueMisfits({
      plan: table,
      column: refusal.column,
      source: sourceNow,
      target: targetNow,
      formerSource: source.former(table.entity),
      formerTarget: target.former(table.entity),
    });
    if (before !== describeTable(target, table)) {
      // What is written from now on is bound to the target as it is now: the value may fit.
      return new RowbridgeError('statement_plan_stale', 'The target table has changed', {
        details: { table: table.entity },
      });
    }
    const diagnosis = diagnoseDrift(this.options.pair, table, { source: [], target: found });
    return diagnosis ? driftFault(table, diagnosis) : this.inheritedFault(table, refusal);
  }

  /** What does not fit, as both catalogs were last read; null where all fits. */
  diagnose(table: TablePlan): DriftDiagnosis | null {
    const { pair, source, target } = this.options;
    return diagnoseDrift(pair, table, {
      source: source.misfits(table.entity),
      target: target.misfits(table.entity),
    });
  }

  /** Reads both sides of the table anew. */
  async refresh({ entity }: TablePlan): Promise<void> {
    const { source, target, now } = this.options;
    await Promise.all([source.refresh(entity), target.refresh(entity)]);
    this.sourceReadAtMs.set(entity, now());
  }

  private inheritedFault(table: TablePlan, { column }: ValueRefusal): RowbridgeError | null {
    const drift = this.inheritedOf(table.entity);
    if (!drift) return null;
    const plan = table.columns.find(({ source, target }) => source === column || target === column);
    const isItsColumn =
      column === null || drift.column === null || [plan?.source, plan?.target].includes(drift.column);
    return isItsColumn ? driftFault(table, { ...drift, errorCode: asCode(drift.errorCode) }) : null;
  }

  private fitOf(table: TablePlan, record: DecodedRecord): RecordFit | null {
    if (record.kind === 'ignored' || !record.schema) return null;
    const known = this.fits.get(record.schema);
    if (known) return known;
    const fit = compareRecordSchema(table, record.schema);
    this.fits.set(record.schema, fit);
    return fit;
  }

  private async sourceFits({ entity }: TablePlan): Promise<boolean> {
    const { source, now } = this.options;
    if (now() - (this.sourceReadAtMs.get(entity) ?? 0) >= catalogAgeMs) {
      await source.refresh(entity);
      this.sourceReadAtMs.set(entity, now());
    }
    return source.misfits(entity).length === 0;
  }

  private async faultOfRecord(
    table: TablePlan,
    fit: Exclude<RecordFit, { kind: 'absorbed' }>,
  ): Promise<RowbridgeError> {
    await this.refresh(table);
    const { pair, source } = this.options;
    const diagnosis = diagnoseDrift(pair, table, { source: source.misfits(table.entity), target: [] });
    const removal =
      fit.column === null
        ? null
        : ({ kind: 'remove_column', side: table.source.side.name, column: fit.column } as const);
    const ofRecord = diagnoseDrift(pair, table, {
      source: [
        {
          errorCode: 'schema_incompatible',
          what: fit.what,
          column: fit.column,
          repair: null,
          mappingChange: removal,
        },
      ],
      target: [],
    });
    const told = diagnosis ?? ofRecord;
    return driftFault(table, told as DriftDiagnosis);
  }
}

function asCode(code: string): DriftDiagnosis['errorCode'] {
  return code as DriftDiagnosis['errorCode'];
}

/** Two readings of a table describe it alike when writes are bound to it alike. */
function describeTable(catalog: SchemaCatalog, { entity }: TablePlan): string {
  return JSON.stringify([...(catalog.now(entity)?.columns.values() ?? [])]);
}
