import type { CatalogColumn, CatalogTable } from '../catalog.js';
import { factsKey } from '../facts/table-facts.js';
import type { TableFacts } from '../facts/table-facts.js';
import { quoteMysqlIdentifier, quotePostgresIdentifier } from '../quote-identifier.js';
import type { CaptureRequirements, CapturedTable, PreflightFinding } from './capture-requirements.js';

const stampColumn = 'sync_source';

/** How one engine family writes names, for the statements in `howToFix`. */
export interface TableDialect {
  readonly family: 'postgres' | 'mysql';
  readonly quote: (name: string) => string;
}

export const tableDialects: Readonly<Record<'postgres' | 'mysql', TableDialect>> = {
  postgres: { family: 'postgres', quote: quotePostgresIdentifier },
  mysql: { family: 'mysql', quote: quoteMysqlIdentifier },
};

/** A table as asked for, as found, and how to write about it. */
interface TableUnderCheck {
  readonly captured: CapturedTable;
  readonly found: CatalogTable;
  readonly columnFacts: TableFacts | undefined;
  readonly dialect: TableDialect;
  /** `<schema>.<table>`, unquoted. */
  readonly label: string;
  /** The same, quoted. */
  readonly sql: string;
}

/** What must hold of every captured table on any engine. Pure. */
export function checkTables(
  requirements: CaptureRequirements,
  { catalog, facts }: { catalog: readonly CatalogTable[]; facts: ReadonlyMap<string, TableFacts> },
  dialect: TableDialect,
): PreflightFinding[] {
  return requirements.tables.flatMap((captured) => {
    const { schema, table } = captured;
    const label = `${schema}.${table}`;
    const found = catalog.find((candidate) => candidate.schema === schema && candidate.table === table);
    if (found === undefined) return [missingTable(label)];
    const sql = `${dialect.quote(schema)}.${dialect.quote(table)}`;
    const columnFacts = facts.get(factsKey(schema, table));
    const underCheck: TableUnderCheck = { captured, found, columnFacts, dialect, label, sql };
    return [
      ...checkPrimaryKey(underCheck),
      ...checkMappedColumns(underCheck),
      ...checkMappedTypes(underCheck),
      ...checkNullableDefaults(underCheck),
      ...(requirements.sourceColumnGuard && captured.twoWay
        ? [...checkStampColumn(underCheck), ...checkTimestampsLeftAlone(underCheck)]
        : []),
      ...(dialect.family === 'mysql' ? checkCascades(underCheck) : []),
    ];
  });
}

function missingTable(label: string): PreflightFinding {
  return {
    check: 'table_exists',
    table: label,
    found: 'no such table, or the user may not see it',
    required: 'the table exists and the user may read it',
    howToFix: 'create the table, grant SELECT on it, or correct its name in the configuration',
  };
}

function checkPrimaryKey(table: TableUnderCheck): PreflightFinding[] {
  const { found, label } = table;
  if (found.primaryKey.length > 0) return [];
  return [
    {
      check: 'primary_key',
      table: label,
      found: 'no primary key',
      required: 'a primary key: without one a row cannot be told from another, and its changes have no order',
      howToFix: `${keyStatement(table)}; or leave the table out`,
    },
  ];
}

/** The columns of a unique key that holds for all rows make the best key; without one a number is added. */
function keyStatement({ found, sql, dialect }: TableUnderCheck): string {
  const filled = new Set(found.columns.filter(({ nullable }) => !nullable).map(({ name }) => name));
  const unique = found.uniqueIndexes.find(
    ({ columns, partial }) => !partial && columns.length > 0 && columns.every((column) => filled.has(column)),
  );
  if (unique) return `ALTER TABLE ${sql} ADD PRIMARY KEY (${unique.columns.map(dialect.quote).join(', ')})`;
  const numbered = dialect.family === 'postgres' ? 'GENERATED ALWAYS AS IDENTITY' : 'NOT NULL AUTO_INCREMENT';
  const name = found.columns.some((column) => column.name === 'id') ? 'row_id' : 'id';
  return `ALTER TABLE ${sql} ADD COLUMN ${dialect.quote(name)} bigint ${numbered} PRIMARY KEY`;
}

function checkMappedColumns({ captured, found, label, sql }: TableUnderCheck): PreflightFinding[] {
  const names = new Set(found.columns.map(({ name }) => name));
  return captured.mappedColumns
    .filter((column) => !names.has(column))
    .map((column) => ({
      check: 'mapped_column',
      table: `${label}.${column}`,
      found: `no such column; the table has ${[...names].join(', ')}`,
      required: 'every column the mapping names exists',
      howToFix: `correct the mapping, or ALTER TABLE ${sql} ADD COLUMN …`,
    }));
}

/** Such a column is missing from events or loses part of its value there; nothing says so later. */
function checkMappedTypes({ captured, found, columnFacts, label }: TableUnderCheck): PreflightFinding[] {
  return found.columns
    .filter(({ name }) => captured.mappedColumns.includes(name))
    .filter(({ name }) => columnFacts?.columns.get(name)?.holds.size === 0)
    .map(({ name, type }) => ({
      check: 'unsupported_type',
      table: `${label}.${name}`,
      found: `a column of type ${type}`,
      required: 'a type whose values are captured whole and can be carried exactly',
      howToFix: 'leave the column out of the mapping, or change its type',
    }));
}

/** Seen on the wire: the Avro converter sends such a column's default where the row holds null. */
function checkNullableDefaults({
  captured,
  found,
  label,
  sql,
  dialect,
}: TableUnderCheck): PreflightFinding[] {
  return found.columns
    .filter((column) => captured.mappedColumns.includes(column.name))
    .filter((column) => column.nullable && column.defaultValue !== null && !column.generated)
    .map((column) => ({
      check: 'nullable_default',
      table: `${label}.${column.name}`,
      found: 'a column that may be null and has a default',
      required: 'one or the other: a null in it would arrive as the default',
      howToFix:
        `ALTER TABLE ${sql} ALTER COLUMN ${dialect.quote(column.name)} DROP DEFAULT, or make it NOT NULL;` +
        ' then restart the connector',
    }));
}

function checkStampColumn({ found, label, sql, dialect }: TableUnderCheck): PreflightFinding[] {
  const column = found.columns.find(({ name }) => name === stampColumn);
  const required = 'a nullable text column sync_source that applications leave alone';
  if (column === undefined) {
    return [
      {
        check: 'sync_source_column',
        table: label,
        found: 'no column sync_source',
        required,
        howToFix: `ALTER TABLE ${sql} ADD COLUMN ${dialect.quote(stampColumn)} text NULL`,
      },
    ];
  }
  const roomy = column.length === null || column.length >= 255;
  if (column.nullable && /text|char/.test(column.baseType) && roomy) return [];
  return [
    {
      check: 'sync_source_column',
      table: label,
      found: `sync_source ${column.type}${column.nullable ? '' : ' NOT NULL'}`,
      required: `${required}, at least 255 characters wide`,
      howToFix:
        dialect.family === 'postgres'
          ? `ALTER TABLE ${sql} ALTER COLUMN sync_source TYPE text, ALTER COLUMN sync_source DROP NOT NULL`
          : `ALTER TABLE ${sql} MODIFY COLUMN sync_source text NULL`,
    },
  ];
}

/** A server that moves the timestamp on a sync write makes that write look like a newer edit. */
function checkTimestampsLeftAlone(table: TableUnderCheck): PreflightFinding[] {
  const { captured, found, label, sql, dialect } = table;
  const decisive = found.columns.filter(({ name }) => captured.timestampColumns.includes(name));
  const bumped = decisive
    .filter((column) => column.bumpedOnUpdate)
    .map((column) => ({
      check: 'timestamp_trigger',
      table: `${label}.${column.name}`,
      found: 'ON UPDATE CURRENT_TIMESTAMP',
      required: 'only applications set it',
      howToFix: `ALTER TABLE ${sql} MODIFY COLUMN ${dialect.quote(column.name)} ${column.type} NOT NULL DEFAULT CURRENT_TIMESTAMP(${column.precision ?? 0})`,
    }));
  const triggered = found.triggers
    .filter(({ events }) => events.includes('UPDATE'))
    .flatMap((trigger) =>
      decisive.filter((column) => assigns(trigger.definition, column)).map((column) => ({ trigger, column })),
    )
    .map(({ trigger, column }) => ({
      check: 'timestamp_trigger',
      table: `${label}.${column.name}`,
      found: `trigger ${trigger.name} sets it on updates`,
      required: 'only applications set it, or the trigger skips sync writes',
      howToFix: dropTrigger(table, trigger.name),
    }));
  return [...bumped, ...triggered];
}

function assigns(definition: string, column: CatalogColumn): boolean {
  const name = column.name.replaceAll(/[^\w]/g, '\\$&');
  return (
    new RegExp(`\\bnew\\s*\\.\\s*["\`]?${name}["\`]?\\s*:?=`, 'i').test(definition) ||
    new RegExp(`\\bmoddatetime\\s*\\(\\s*'?${name}'?\\s*\\)`, 'i').test(definition)
  );
}

function dropTrigger({ captured, sql, dialect }: TableUnderCheck, trigger: string): string {
  const advice = 'and set the column in the application; or use the log-origin guard';
  return dialect.family === 'postgres'
    ? `DROP TRIGGER ${dialect.quote(trigger)} ON ${sql} ${advice}`
    : `DROP TRIGGER ${dialect.quote(captured.schema)}.${dialect.quote(trigger)} ${advice}`;
}

/** What a MySQL foreign key changes in child rows never reaches the log. */
function checkCascades({ found, label, sql, dialect }: TableUnderCheck): PreflightFinding[] {
  const silent = new Set(['CASCADE', 'SET NULL', 'SET DEFAULT']);
  return found.foreignKeys
    .filter(({ onDelete, onUpdate }) => silent.has(onDelete) || silent.has(onUpdate))
    .map((foreignKey) => ({
      check: 'cascading_foreign_key',
      table: label,
      found: `foreign key ${foreignKey.name}: ON DELETE ${foreignKey.onDelete}, ON UPDATE ${foreignKey.onUpdate}`,
      required: 'no cascade: the server does not log what it changes by one, so it would be lost',
      howToFix: `ALTER TABLE ${sql} DROP FOREIGN KEY ${dialect.quote(foreignKey.name)}, then add it again without the action`,
    }));
}
