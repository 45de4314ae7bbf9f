import type { Pool as MysqlPool, PoolConnection as MysqlConnection } from 'mysql2/promise';
import type {
  CatalogColumn,
  CatalogForeignKey,
  CatalogTable,
  CatalogTrigger,
  CatalogUniqueIndex,
  TableName,
} from './catalog.js';

/** Values as the pools of this package give them, or as a plain driver connection does. */
type CatalogRow = Readonly<Record<string, string | number | Buffer | null>>;

const columnsQuery = `
select table_schema as owner_schema, table_name as owner_table, column_name as column_name,
  column_type as column_type, data_type as data_type, is_nullable as is_nullable, extra as extra,
  column_default as column_default, generation_expression as generation_expression,
  character_maximum_length as text_length, coalesce(numeric_precision, datetime_precision) as digits,
  numeric_scale as fraction_digits, collation_name as collation_name
from information_schema.columns where (table_schema, table_name) in (?)
order by table_schema, table_name, ordinal_position`;

const indexesQuery = `
select table_schema as owner_schema, table_name as owner_table, index_name as index_name, column_name as column_name
from information_schema.statistics where non_unique = 0 and (table_schema, table_name) in (?)
order by table_schema, table_name, index_name, seq_in_index`;

const foreignKeysQuery = `
select part.table_schema as owner_schema, part.table_name as owner_table, part.constraint_name as constraint_name,
  part.column_name as column_name, part.referenced_table_schema as target_schema,
  part.referenced_table_name as target_table, part.referenced_column_name as target_column,
  rules.delete_rule as delete_rule, rules.update_rule as update_rule
from information_schema.key_column_usage part
join information_schema.referential_constraints rules
  on rules.constraint_schema = part.constraint_schema and rules.constraint_name = part.constraint_name
  and rules.table_name = part.table_name
where (part.table_schema, part.table_name) in (?) and part.referenced_table_name is not null
order by part.table_schema, part.table_name, part.constraint_name, part.ordinal_position`;

const triggersQuery = `
select event_object_schema as owner_schema, event_object_table as owner_table, trigger_name as trigger_name,
  event_manipulation as event_name, action_timing as action_timing, action_statement as action_statement
from information_schema.triggers where (event_object_schema, event_object_table) in (?)
order by trigger_name`;

/** @see readCatalog */
export async function readMysqlCatalog(
  client: MysqlPool | MysqlConnection,
  tables: readonly TableName[],
): Promise<readonly CatalogTable[]> {
  const names = tables.map(({ schema, table }) => [schema, table]);
  const read = async (query: string): Promise<readonly CatalogRow[]> => {
    const [rows] = await client.query(query, [names]);
    return rows as readonly CatalogRow[];
  };
  const columns = await read(columnsQuery);
  const indexes = await read(indexesQuery);
  const foreignKeys = await read(foreignKeysQuery);
  const triggers = await read(triggersQuery);
  return tables
    .map(({ schema, table }) => {
      const owned = (rows: readonly CatalogRow[]): CatalogRow[] =>
        rows.filter((row) => text(row['owner_schema']) === schema && text(row['owner_table']) === table);
      const keys = groupedBy(owned(indexes), 'index_name');
      return {
        schema,
        table,
        columns: owned(columns).map(columnOf),
        primaryKey: (keys.get('PRIMARY') ?? []).map((row) => text(row['column_name'])),
        uniqueIndexes: [...keys].filter(([name]) => name !== 'PRIMARY').map(uniqueIndexOf),
        foreignKeys: [...groupedBy(owned(foreignKeys), 'constraint_name')].map(foreignKeyOf),
        triggers: owned(triggers).map(triggerOf),
      };
    })
    .filter((table) => table.columns.length > 0);
}

function columnOf(row: CatalogRow): CatalogColumn {
  const extra = text(row['extra']).toLowerCase();
  // MariaDB writes a default of null as the word.
  const written = optionalText(row['column_default']);
  const baseType = text(row['data_type']);
  return {
    name: text(row['column_name']),
    type: text(row['column_type']),
    baseType,
    nullable: text(row['is_nullable']) === 'YES',
    generated: text(row['generation_expression'] ?? '') !== '',
    autoAssigned: extra.includes('auto_increment'),
    defaultValue: written === 'NULL' ? null : written,
    bumpedOnUpdate: extra.includes('on update'),
    length: optionalNumber(row['text_length']),
    precision: optionalNumber(row['digits']),
    scale: optionalNumber(row['fraction_digits']),
    collation: optionalText(row['collation_name']),
  };
}

function uniqueIndexOf([name, rows]: [string, CatalogRow[]]): CatalogUniqueIndex {
  const overExpressions = rows.some((row) => row['column_name'] === null);
  return {
    name,
    columns: overExpressions ? [] : rows.map((row) => text(row['column_name'])),
    partial: overExpressions,
  };
}

function foreignKeyOf([name, rows]: [string, CatalogRow[]]): CatalogForeignKey {
  const [first] = rows;
  return {
    name,
    columns: rows.map((row) => text(row['column_name'])),
    references: { schema: text(first?.['target_schema']), table: text(first?.['target_table']) },
    referencedColumns: rows.map((row) => text(row['target_column'])),
    onDelete: text(first?.['delete_rule']),
    onUpdate: text(first?.['update_rule']),
  };
}

function triggerOf(row: CatalogRow): CatalogTrigger {
  return {
    name: text(row['trigger_name']),
    events: [text(row['event_name'])],
    definition: `${text(row['action_timing'])} ${text(row['event_name'])}\n${text(row['action_statement'])}`,
  };
}

function groupedBy(rows: readonly CatalogRow[], property: string): Map<string, CatalogRow[]> {
  const groups = new Map<string, CatalogRow[]>();
  for (const row of rows) {
    const name = text(row[property]);
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return groups;
}

function text(value: string | number | Buffer | null | undefined): string {
  return value === null || value === undefined ? '' : value.toString();
}

function optionalText(value: string | number | Buffer | null | undefined): string | null {
  return value === null || value === undefined ? null : value.toString();
}

function optionalNumber(value: string | number | Buffer | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value.toString());
}
