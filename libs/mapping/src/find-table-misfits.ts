import type { LogicalType } from '@rowbridge/change-event';
import type { ColumnInCatalog, NewColumn, SchemaMisfit, TableInCatalog } from './schema-misfit.js';

/** One side of a mapped table, and what is known of it. */
export interface TableComparison {
  /** The side's name, for changes to the mapping. */
  readonly side: string;
  readonly schema: string;
  readonly table: string;
  /** In key order. */
  readonly key: readonly { readonly name: string; readonly type: LogicalType }[];
  readonly columns: readonly { readonly name: string; readonly type: LogicalType }[];
  /** Whether the mapping writes this side. */
  readonly written: boolean;
  /** As it is now; null = no such table. */
  readonly now: TableInCatalog | null;
  /** As it was when it last fitted; null where that is not known. */
  readonly former: TableInCatalog | null;
}

/** The bookkeeping column of the source-column guard. */
const guardColumn = 'sync_source';

/**
 * Everything in which a table and its mapping do not fit, each with the change of either that would mend it; empty when
 * they fit. Columns nobody maps, wider types and other lengths fit: values decide there. Pure.
 */
export function findTableMisfits(comparison: TableComparison): readonly SchemaMisfit[] {
  const { now } = comparison;
  if (now === null) return [missingTable(comparison)];
  const mapped = [...comparison.key, ...comparison.columns];
  const taken = new Set<string>();
  const misfits = mapped.flatMap(({ name, type }) => {
    const column = now.columns.get(name);
    if (!column) return [missingColumn(comparison, { name, type }, taken)];
    return misfitOfColumn(comparison, column, type);
  });
  if (misfits.length === 0) misfits.push(...misfitOfKey(comparison, now));
  if (comparison.written && comparison.former) misfits.push(...newObstacles(comparison));
  return misfits;
}

const labelOf = ({ schema, table }: TableComparison): string => `${schema}.${table}`;

function placeOf({ schema, table }: TableComparison): { schema: string; table: string } {
  return { schema, table };
}

function missingTable(comparison: TableComparison): SchemaMisfit {
  const { key, columns, former } = comparison;
  const asNew = ({ name, type }: { name: string; type: LogicalType }): NewColumn => ({
    name,
    logical: type,
    declaredAs: former?.columns.get(name)?.declaredAs ?? null,
  });
  return {
    errorCode: 'table_missing',
    what: `the table ${labelOf(comparison)} does not exist, or this user may not see it`,
    column: null,
    repair: {
      ...placeOf(comparison),
      kind: 'create_table',
      columns: [...key, ...columns, ...guardOf(former)].map(asNew),
      key: key.map(({ name }) => name),
    },
    mappingChange: null,
  };
}

/** The bookkeeping column, where the table had it. */
function guardOf(former: TableInCatalog | null): readonly { name: string; type: LogicalType }[] {
  return former?.columns.has(guardColumn) === true ? [{ name: guardColumn, type: 'text' }] : [];
}

/** A column that is new and could hold what the missing one held is taken for its new name. */
function missingColumn(
  comparison: TableComparison,
  { name, type }: { name: string; type: LogicalType },
  taken: Set<string>,
): SchemaMisfit {
  const { now, former, side } = comparison;
  const label = labelOf(comparison);
  const successor = successorOf(comparison, { name, type }, taken);
  const problem = `${label} has no column "${name}"`;
  if (successor) {
    taken.add(successor.name);
    return {
      errorCode: 'column_missing',
      what: `${problem}; its column "${successor.name}" is new, so it was renamed, or replaced`,
      column: name,
      repair: { ...placeOf(comparison), kind: 'rename_column', from: successor.name, to: name },
      mappingChange: { kind: 'rename_column', side, from: name, to: successor.name },
    };
  }
  const isKey = comparison.key.some((column) => column.name === name);
  const declaredAs = former?.columns.get(name)?.declaredAs ?? null;
  return {
    errorCode: 'column_missing',
    what: `${problem}; it has ${[...(now?.columns.keys() ?? [])].join(', ')}`,
    column: name,
    repair: { ...placeOf(comparison), kind: 'add_column', column: { name, logical: type, declaredAs } },
    mappingChange: isKey ? null : { kind: 'remove_column', side, column: name },
  };
}

function successorOf(
  { now, former, key, columns, written }: TableComparison,
  missing: { name: string; type: LogicalType },
  taken: ReadonlySet<string>,
): ColumnInCatalog | null {
  if (!now || !former) return null;
  const mapped = new Set([...key, ...columns].map(({ name }) => name));
  const candidates = [...now.columns.values()].filter(
    (column) =>
      !former.columns.has(column.name) &&
      !mapped.has(column.name) &&
      !taken.has(column.name) &&
      column.name !== guardColumn &&
      column.holds.has(missing.type) &&
      !(written && column.computed),
  );
  const declaredAs = former.columns.get(missing.name)?.declaredAs;
  const alike = candidates.filter((column) => column.declaredAs === declaredAs);
  if (candidates.length === 1) return candidates[0] ?? null;
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

function misfitOfColumn(
  comparison: TableComparison,
  column: ColumnInCatalog,
  type: LogicalType,
): readonly SchemaMisfit[] {
  const place = `${labelOf(comparison)}.${column.name}`;
  const former = comparison.former?.columns.get(column.name);
  if (!column.holds.has(type)) {
    const allowed = [...column.holds];
    const isKey = comparison.key.some(({ name }) => name === column.name);
    const [retyped] = allowed;
    return [
      {
        errorCode: 'schema_incompatible',
        what: `${place} is ${column.declaredAs}, the mapping declares ${type}; it can be ${allowed.join(', ') || 'nothing that can be carried'}`,
        column: column.name,
        repair: {
          ...placeOf(comparison),
          kind: 'change_type',
          column,
          type: former?.declaredAs ?? null,
          logical: type,
          like: null,
        },
        mappingChange:
          isKey || retyped === undefined
            ? null
            : { kind: 'retype_column', side: comparison.side, column: column.name, type: retyped },
      },
    ];
  }
  if (comparison.written && column.computed) {
    return [
      {
        errorCode: 'schema_incompatible',
        what: `${place} is computed by the database and cannot be written`,
        column: column.name,
        repair: null,
        mappingChange: { kind: 'remove_column', side: comparison.side, column: column.name },
      },
    ];
  }
  return [];
}

function misfitOfKey(comparison: TableComparison, now: TableInCatalog): readonly SchemaMisfit[] {
  const names = comparison.key.map(({ name }) => name);
  if (now.primaryKey.join() === names.join()) return [];
  return [
    {
      errorCode: 'schema_incompatible',
      what: `the primary key of ${labelOf(comparison)} is (${now.primaryKey.join(', ')}), the mapping says (${names.join(', ')})`,
      column: null,
      repair: null,
      mappingChange: null,
    },
  ];
}

/** What has come to stand in the way of writes since the table last fitted. */
function newObstacles(comparison: TableComparison): readonly SchemaMisfit[] {
  const { now, former, key, columns } = comparison;
  const mapped = new Set([...key, ...columns].map(({ name }) => name));
  const required = [...(now?.columns.values() ?? [])].filter(
    (column) =>
      !mapped.has(column.name) &&
      !column.nullable &&
      !column.hasDefault &&
      !column.computed &&
      former?.columns.has(column.name) === false &&
      // A mapped column that is missing already explains it.
      columns.every(({ name }) => now?.columns.has(name)),
  );
  const obstacles = required.map((column): SchemaMisfit => ({
    errorCode: 'schema_incompatible',
    what: `${labelOf(comparison)} has a new column "${column.name}" that must have a value, and the mapping has none for it`,
    column: column.name,
    repair: { ...placeOf(comparison), kind: 'allow_null', column },
    mappingChange: null,
  }));
  if (former?.columns.has(guardColumn) === true && now?.columns.has(guardColumn) === false) {
    obstacles.push({
      errorCode: 'column_missing',
      what: `${labelOf(comparison)} has lost its column "${guardColumn}", which guards against loops`,
      column: guardColumn,
      repair: {
        ...placeOf(comparison),
        kind: 'add_column',
        column: {
          name: guardColumn,
          logical: 'text',
          declaredAs: former.columns.get(guardColumn)?.declaredAs ?? null,
        },
      },
      mappingChange: null,
    });
  }
  return obstacles;
}
