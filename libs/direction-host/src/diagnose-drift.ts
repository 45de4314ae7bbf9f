import { repairStatement } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import {
  mappingPatch,
  type EngineFamily,
  type MappingChange,
  type PairDeclaration,
  type SchemaMisfit,
  type SchemaRepair,
  type TablePlan,
} from '@rowbridge/mapping';

/** Why a table waits, and what would let it go on. */
export interface DriftDiagnosis {
  readonly errorCode: RowbridgeError['code'];
  readonly column: string | null;
  /** Names of tables, columns and types; never a row's value. */
  readonly what: string;
  /** SQL a person would run, or null where none is known. */
  readonly statement: string | null;
  /** JSON Patch of the pair's declaration a person would deploy, or null where none is known. */
  readonly mappingPatch: string | null;
}

/** What does not fit on each side of a table; at least one misfit. */
export interface TableMisfits {
  readonly source: readonly SchemaMisfit[];
  readonly target: readonly SchemaMisfit[];
}

/** Composes one diagnosis of everything that does not fit. Pure. */
export function diagnoseDrift(
  pair: PairDeclaration,
  plan: TablePlan,
  misfits: TableMisfits,
): DriftDiagnosis | null {
  const all = [...misfits.source, ...misfits.target];
  const [first] = all;
  if (!first) return null;
  const statements = all.flatMap(({ repair }) =>
    repair ? [repairStatement(familyOf(plan, repair), repair)] : [],
  );
  const changes = all.flatMap(({ mappingChange }): readonly MappingChange[] =>
    mappingChange ? [mappingChange] : [],
  );
  // A patch that mends a part of it only would be refused, or leave the table waiting.
  const patch = changes.length === all.length ? mappingPatch(pair, plan.entity, changes) : null;
  return {
    errorCode: first.errorCode,
    column: first.column,
    what: all.map(({ what }) => what).join('; '),
    statement: statements.length > 0 ? statements.join(' ') : null,
    mappingPatch: patch && JSON.stringify(patch),
  };
}

function familyOf({ source, target }: TablePlan, { schema, table }: SchemaRepair): EngineFamily {
  const isTarget = target.schema === schema && target.table === table;
  return (isTarget ? target : source).side.engineFamily;
}

/** What each fault was made of: its message is for people, not to be taken apart again. */
const diagnoses = new WeakMap<RowbridgeError, DriftDiagnosis>();

/** The diagnosis a fault was made of; what the server said of it where it was met without one. */
export function diagnosisOf(fault: RowbridgeError): DriftDiagnosis {
  const known = diagnoses.get(fault);
  if (known) return known;
  const { code, problem, details } = fault;
  const column = typeof details['column'] === 'string' ? details['column'] : null;
  return { errorCode: code, column, what: problem, statement: null, mappingPatch: null };
}

/** The diagnosis as the fault of its table, with what a person can do about it. */
export function driftFault(plan: TablePlan, diagnosis: DriftDiagnosis): RowbridgeError {
  const { errorCode, column, what, statement, mappingPatch: patch } = diagnosis;
  const ways = [
    statement === null ? null : `run: ${statement}`,
    patch === null ? null : `deploy the mapping with this JSON Patch: ${patch}`,
  ].filter((way) => way !== null);
  const fault = new RowbridgeError(errorCode, what, {
    details: { table: plan.entity, ...(column !== null && { column }) },
    ...(ways.length > 0 && { whatToDo: `To let the table go on, ${ways.join(', or ')}` }),
  });
  diagnoses.set(fault, diagnosis);
  return fault;
}
