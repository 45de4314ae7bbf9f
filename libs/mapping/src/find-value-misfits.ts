import type { ColumnPlan, TablePlan } from './direction-plan.js';
import type { ColumnInCatalog, SchemaMisfit, TableInCatalog } from './schema-misfit.js';

/** A record was refused for one of its values; is a change of schema behind it? */
export interface RefusedValue {
  readonly plan: TablePlan;
  /** The refused column by its source or its target name, or null where the refusal names none. */
  readonly column: string | null;
  /** Both tables as they are now. */
  readonly source: TableInCatalog;
  readonly target: TableInCatalog;
  /** Both tables as they were when the table was last written without a refusal; null where that is not known. */
  readonly formerSource: TableInCatalog | null;
  readonly formerTarget: TableInCatalog | null;
}

/**
 * The changes of schema that explain why a value was refused: an enumeration of the source that has labels the target's
 * lacks, a target column that became narrower, a source column that became wider. Empty where none does: then the
 * record alone is at fault. Pure.
 */
export function findValueMisfits(refused: RefusedValue): readonly SchemaMisfit[] {
  const { plan, column: name } = refused;
  const suspects = plan.columns.filter(
    ({ source, target }) => name === null || source === name || target === name,
  );
  return suspects.flatMap((column) => misfitOf(refused, column) ?? []);
}

function misfitOf(refused: RefusedValue, column: ColumnPlan): SchemaMisfit | null {
  const source = refused.source.columns.get(column.source);
  const target = refused.target.columns.get(column.target);
  if (!source || !target) return null;
  const formerSource = refused.formerSource?.columns.get(column.source);
  const formerTarget = refused.formerTarget?.columns.get(column.target);
  return (
    missingLabels(refused.plan, column, { source, target }) ??
    nowRequired(refused.plan, { target, formerTarget, source, formerSource }) ??
    changedType(refused.plan, column, { source, target, formerSource, formerTarget })
  );
}

interface BothColumns {
  readonly source: ColumnInCatalog;
  readonly target: ColumnInCatalog;
  readonly formerSource?: ColumnInCatalog | undefined;
  readonly formerTarget?: ColumnInCatalog | undefined;
}

const placeOn = ({ target }: TablePlan): { schema: string; table: string } => ({
  schema: target.schema,
  table: target.table,
});

function missingLabels(
  plan: TablePlan,
  column: ColumnPlan,
  { source, target }: BothColumns,
): SchemaMisfit | null {
  if (source.labels === null || target.labels === null || column.words !== null) return null;
  const known = new Set(target.labels);
  const missing = source.labels.filter((label) => !known.has(label));
  if (missing.length === 0) return null;
  const { schema, table } = placeOn(plan);
  return {
    errorCode: 'enum_label_missing',
    what:
      `the enumeration ${schema}.${table}.${target.name} lacks labels that ` +
      `${plan.source.schema}.${plan.source.table}.${source.name} has: ${missing.join(', ')}`,
    column: target.name,
    repair: { ...placeOn(plan), kind: 'add_labels', column: target, labels: missing },
    mappingChange: null,
  };
}

function nowRequired(
  plan: TablePlan,
  { source, target, formerSource, formerTarget }: BothColumns,
): SchemaMisfit | null {
  const targetChanged = formerTarget?.nullable === true && !target.nullable;
  const sourceChanged = formerSource?.nullable === false && source.nullable && !target.nullable;
  if (!targetChanged && !sourceChanged) return null;
  const { schema, table } = placeOn(plan);
  return {
    errorCode: 'schema_incompatible',
    what: targetChanged
      ? `${schema}.${table}.${target.name} holds no null any more`
      : `${plan.source.schema}.${plan.source.table}.${source.name} may be null now, ${schema}.${table}.${target.name} may not`,
    column: target.name,
    repair: { ...placeOn(plan), kind: 'allow_null', column: target },
    mappingChange: null,
  };
}

function changedType(
  plan: TablePlan,
  column: ColumnPlan,
  { source, target, formerSource, formerTarget }: BothColumns,
): SchemaMisfit | null {
  const { schema, table } = placeOn(plan);
  if (formerTarget && formerTarget.declaredAs !== target.declaredAs) {
    return {
      errorCode: 'schema_incompatible',
      what: `${schema}.${table}.${target.name} is ${target.declaredAs} now and was ${formerTarget.declaredAs}: a value no longer fits`,
      column: target.name,
      repair: {
        ...placeOn(plan),
        kind: 'change_type',
        column: target,
        type: formerTarget.declaredAs,
        logical: column.type,
        like: null,
      },
      mappingChange: null,
    };
  }
  if (formerSource && formerSource.declaredAs !== source.declaredAs) {
    return {
      errorCode: 'schema_incompatible',
      what:
        `${plan.source.schema}.${plan.source.table}.${source.name} is ${source.declaredAs} now and was ` +
        `${formerSource.declaredAs}: a value does not fit ${schema}.${table}.${target.name}, ${target.declaredAs}`,
      column: target.name,
      repair: {
        ...placeOn(plan),
        kind: 'change_type',
        column: target,
        type: null,
        logical: column.type,
        like: source,
      },
      mappingChange: null,
    };
  }
  return null;
}
