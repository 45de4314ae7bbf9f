import type pg from 'pg';
import { quotePostgresIdentifier as quote } from '../quote-identifier.js';
import type { CapturedTable, PreflightFinding } from './capture-requirements.js';

/** An array column of a captured table. */
export interface ArrayColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** As the table declares it. */
  readonly type: string;
  /** Catalog name of the elements' type, and what kind of type it is (`e`: an enumeration). */
  readonly elementType: string;
  readonly elementKind: string;
}

const columnsQuery = `
  select coalesce(json_agg(json_build_object(
    'schema', namespace.nspname, 'table', class.relname, 'column', attribute.attname,
    'type', format_type(attribute.atttypid, attribute.atttypmod),
    'elementType', element.typname, 'elementKind', element.typtype
  ) order by namespace.nspname, class.relname, attribute.attnum), '[]')::text as document
  from unnest($1::text[], $2::text[]) as asked (schema_name, table_name)
  join pg_namespace namespace on namespace.nspname = asked.schema_name
  join pg_class class on class.relnamespace = namespace.oid and class.relname = asked.table_name
  join pg_attribute attribute
    on attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
  join pg_type type on type.oid = attribute.atttypid and type.typcategory = 'A'
  join pg_type element on element.oid = type.typelem`;

/**
 * Array columns that capture cannot take. At some values the pinned connector stops, whether the column is mapped or not
 * (seen with Debezium 3.5): at any array of bits, at NULL within an array of an enumeration, at NaN and infinity within an
 * array of numbers. Of arrays within arrays, events do not tell the elements. Reads each array column of those kinds once.
 */
export async function checkPostgresArrays(
  client: pg.Pool | pg.ClientBase,
  tables: readonly CapturedTable[],
): Promise<readonly PreflightFinding[]> {
  const { rows } = await client.query<{ document: string }>(columnsQuery, [
    tables.map(({ schema }) => schema),
    tables.map(({ table }) => table),
  ]);
  const columns = JSON.parse(rows[0]?.document ?? '[]') as readonly ArrayColumn[];
  const findings: PreflightFinding[] = [];
  for (const column of columns) {
    for (const fault of faultsOf(column, isMapped(tables, column))) {
      if (await holds(client, column, fault.condition)) findings.push(findingOf(column, fault));
    }
  }
  return findings;
}

interface ArrayFault {
  readonly check: string;
  /** SQL, true of a row that shows it. */
  readonly condition: string;
  readonly found: string;
  readonly required: string;
  /** What a constraint would allow; null where only another type helps. */
  readonly allowed: string | null;
}

const stops = 'the pinned connector stops at such a value, mapped or not';

function faultsOf({ column, elementType, elementKind }: ArrayColumn, mapped: boolean): readonly ArrayFault[] {
  const name = quote(column);
  const faults: ArrayFault[] = [];
  if (elementType === 'bit' || elementType === 'varbit') {
    const found = 'arrays of bits';
    faults.push({
      check: 'stopping_array',
      condition: 'true',
      found,
      required: `none: ${stops}`,
      allowed: null,
    });
  }
  if (elementKind === 'e') {
    faults.push({
      check: 'stopping_array',
      condition: `array_position(${name}, null) is not null`,
      found: 'NULL within an array of an enumeration',
      required: `labels alone: ${stops}`,
      allowed: `array_position(${name}, null) is null`,
    });
  }
  if (elementType === 'numeric') {
    const special = `array['NaN', 'Infinity', '-Infinity']`;
    faults.push({
      check: 'stopping_array',
      condition: `${name}::text[] && ${special}`,
      found: 'NaN or infinity within an array of numbers',
      required: `numbers alone: ${stops}`,
      allowed: `not ${name}::text[] && ${special}`,
    });
  }
  if (mapped) {
    faults.push({
      check: 'nested_array',
      condition: `array_ndims(${name}) > 1`,
      found: 'arrays within arrays',
      required: 'arrays of one dimension: events do not tell the elements of others',
      allowed: `array_ndims(${name}) = 1`,
    });
  }
  return faults;
}

function isMapped(tables: readonly CapturedTable[], { schema, table, column }: ArrayColumn): boolean {
  return tables.some(
    (captured) =>
      captured.schema === schema && captured.table === table && captured.mappedColumns.includes(column),
  );
}

/** No row need hold what only another type helps against. */
async function holds(
  client: pg.Pool | pg.ClientBase,
  column: ArrayColumn,
  condition: string,
): Promise<boolean> {
  if (condition === 'true') return true;
  const { rows } = await client.query(`select 1 from ${sqlOf(column)} where ${condition} limit 1`);
  return rows.length > 0;
}

function findingOf(column: ArrayColumn, { check, found, required, allowed }: ArrayFault): PreflightFinding {
  const name = quote(column.column);
  const alter = `ALTER TABLE ${sqlOf(column)}`;
  return {
    check,
    table: `${column.schema}.${column.table}.${column.column}`,
    found,
    required,
    howToFix:
      allowed === null
        ? `${alter} ALTER COLUMN ${name} TYPE text[] USING ${name}::text[]`
        : `change those values, and keep it so: ${alter} ADD CHECK (${allowed})`,
  };
}

function sqlOf({ schema, table }: ArrayColumn): string {
  return `${quote(schema)}.${quote(table)}`;
}
