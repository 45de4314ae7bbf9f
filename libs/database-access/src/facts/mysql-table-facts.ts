import type { LogicalType } from '@rowbridge/change-event';
import type { RunMysql } from '../statements/mysql-statement.js';
import { noLimits } from './column-limits.js';
import type { ColumnLimits } from './column-limits.js';
import type { MysqlServer } from './mysql-server.js';
import { factsKey } from './table-facts.js';
import type { ColumnFacts, TableFacts } from './table-facts.js';

const columnsQuery = `
  select table_schema, table_name, column_name, data_type, column_type, is_nullable, extra,
    character_maximum_length, character_octet_length, numeric_precision, numeric_scale, datetime_precision,
    character_set_name, collation_name, column_default
  from information_schema.columns
  where (table_schema, table_name) in (?)
  order by table_schema, table_name, ordinal_position`;

const keysQuery = `
  select table_schema, table_name, index_name,
    group_concat(column_name order by seq_in_index separator '\\0'),
    max(case when column_name is null or sub_part is not null then 1 else 0 end)
  from information_schema.statistics
  where (table_schema, table_name) in (?) and non_unique = 0
  group by table_schema, table_name, index_name
  order by 1, 2, 3`;

const text: readonly LogicalType[] = ['text', 'uuid', 'interval'];

const holdsByType: Readonly<Record<string, readonly LogicalType[]>> = {
  char: ['fixed_text', ...text],
  varchar: text,
  tinytext: text,
  text,
  mediumtext: text,
  // MariaDB's json is a longtext with a check.
  longtext: [...text, 'json', 'array'],
  enum: ['text'],
  set: ['text'],
  tinyint: ['int64', 'boolean'],
  smallint: ['int64'],
  mediumint: ['int64'],
  int: ['int64'],
  bigint: ['int64'],
  year: ['int64'],
  decimal: ['decimal', 'int64', 'uint64'],
  float: ['float64'],
  double: ['float64'],
  timestamp: ['instant'],
  datetime: ['wall_clock'],
  date: ['date'],
  time: ['time'],
  uuid: ['uuid', 'text'],
  json: ['json', 'array'],
  bit: ['bits'],
  binary: ['bytes'],
  varbinary: ['bytes'],
  tinyblob: ['bytes'],
  blob: ['bytes'],
  mediumblob: ['bytes'],
  longblob: ['bytes'],
  geometry: ['geometry'],
  point: ['geometry'],
  linestring: ['geometry'],
  polygon: ['geometry'],
  multipoint: ['geometry'],
  multilinestring: ['geometry'],
  multipolygon: ['geometry'],
  geometrycollection: ['geometry'],
  geomcollection: ['geometry'],
};

function typesHeld({ dataType, columnType, bytes, precision }: CatalogColumn): readonly LogicalType[] {
  const held = holdsByType[dataType] ?? [];
  if (columnType.startsWith('bigint') && columnType.includes('unsigned')) return [...held, 'uint64'];
  if (dataType === 'binary' && bytes === '16') return [...held, 'uuid'];
  if (dataType === 'bit' && precision === '1') return [...held, 'boolean'];
  return held;
}

/** The labels of `enum('a','b''c')` or `set(…)`. */
function labelsOf(columnType: string): readonly string[] {
  return [...columnType.matchAll(/'((?:[^']|'')*)'/g)].map(([, label = '']) => label.replaceAll("''", "'"));
}

const integerBits: Readonly<Record<string, bigint>> = {
  tinyint: 8n,
  smallint: 16n,
  mediumint: 24n,
  int: 32n,
  bigint: 64n,
};

function integerRange(dataType: string, columnType: string): ColumnLimits['integers'] {
  const bits = integerBits[dataType];
  if (bits === undefined) return null;
  return columnType.includes('unsigned')
    ? [0n, 2n ** bits - 1n]
    : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

const timestampEnd = '2038-01-19T03:14:07.999999Z';
const unsignedTimestampEnd = '2106-02-07T06:28:15.999999Z';
const firstMariadbWithUnsignedTimestamp = 1_105;

function timeRange(dataType: string, server: MysqlServer): ColumnLimits['times'] {
  if (dataType === 'time') return ['-838:59:59.000000', '838:59:59.000000'];
  if (dataType === 'date') return ['0001-01-01', '9999-12-31'];
  if (dataType === 'datetime') return ['0001-01-01T00:00:00.000000', '9999-12-31T23:59:59.999999'];
  if (dataType !== 'timestamp') return null;
  const unsigned = server.engine === 'mariadb' && server.version >= firstMariadbWithUnsignedTimestamp;
  return ['1970-01-01T00:00:01.000000Z', unsigned ? unsignedTimestampEnd : timestampEnd];
}

interface CatalogColumn {
  readonly dataType: string;
  readonly columnType: string;
  readonly characters: string | null;
  readonly bytes: string | null;
  readonly precision: string | null;
  readonly scale: string | null;
  readonly fractionDigits: string | null;
}

function limitsOf(column: CatalogColumn, server: MysqlServer): ColumnLimits {
  const { dataType } = column;
  const numberOf = (digits: string | null): number | null => (digits === null ? null : Number(digits));
  const counted = dataType === 'char' || dataType === 'varchar';
  return {
    ...noLimits,
    integers: integerRange(dataType, column.columnType),
    decimals:
      dataType === 'decimal' ? { precision: Number(column.precision), scale: Number(column.scale) } : null,
    characters: counted ? numberOf(column.characters) : null,
    bytes: counted || dataType === 'binary' ? null : numberOf(column.bytes),
    exactBytes: dataType === 'binary' ? numberOf(column.bytes) : null,
    fractionDigits: numberOf(column.fractionDigits),
    times: timeRange(dataType, server),
    singlePrecision: dataType === 'float',
    padsText: dataType === 'char',
    bits: dataType === 'bit' ? Number(column.precision) : null,
    years: dataType === 'year',
    labels: dataType === 'enum' ? labelsOf(column.columnType) : null,
    listedLabels: dataType === 'set' ? labelsOf(column.columnType) : null,
    jsonFloats: dataType === 'json',
    jsonText: dataType === 'json',
  };
}

function columnFacts(row: readonly (string | null)[], server: MysqlServer): ColumnFacts {
  const [name, dataType, columnType, nullable, extra, characters, bytes, precision, scale, fractionDigits] =
    row.slice(2) as [string, string, string, string, string, ...(string | null)[]];
  const column = {
    dataType,
    columnType,
    characters,
    bytes,
    precision,
    scale,
    fractionDigits,
  } as CatalogColumn;
  return {
    name,
    typeName: columnType,
    declaredAs: columnType,
    restated: restatedAttributes(row, server),
    holds: new Set(typesHeld(column)),
    nullable: nullable === 'YES',
    hasDefault: row[14] !== null || nullable === 'YES' || extra.includes('auto_increment'),
    computed: /\b(?:VIRTUAL|STORED|PERSISTENT)\b/.test(extra),
    limits: limitsOf(column, server),
    rewrites: false,
    keyExpression: null,
    sequence: null,
    autoIncrement: extra.includes('auto_increment'),
    characterSet: row[12] ?? null,
    collation: row[13] ?? null,
  };
}

/** MODIFY COLUMN forgets what it is not told again. MariaDB writes defaults as SQL, MySQL literals without quotes. */
function restatedAttributes(row: readonly (string | null)[], { engine }: MysqlServer): string {
  const [nullable, extra, characterSet, collation, defaultValue] = [
    row[5],
    row[6],
    row[12],
    row[13],
    row[14],
  ];
  const asSql = engine === 'mariadb' || /DEFAULT_GENERATED/.test(extra ?? '');
  const written = asSql ? defaultValue : `'${(defaultValue ?? '').replaceAll("'", "''")}'`;
  return [
    characterSet ? `character set ${characterSet} collate ${collation ?? ''}` : '',
    nullable === 'YES' ? 'null' : 'not null',
    defaultValue === null || defaultValue === 'NULL' ? '' : `default ${written ?? ''}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Reads the facts of the tables that exist; the map holds no entry for the others. Keyed by {@link factsKey}. */
export async function readMysqlTableFacts(
  run: RunMysql,
  server: MysqlServer,
  tables: readonly { readonly schema: string; readonly table: string }[],
): Promise<ReadonlyMap<string, TableFacts>> {
  const values = [tables.map(({ schema, table }) => [schema, table])];
  const columns = (await run({ text: columnsQuery, values, operation: 'read_catalog' })).rows.map(asText);
  const keys = (await run({ text: keysQuery, values, operation: 'read_catalog' })).rows.map(asText);
  const facts = new Map<string, TableFacts>();
  for (const { schema, table } of tables) {
    const ofTable = (row: readonly (string | null)[]): boolean => row[0] === schema && row[1] === table;
    const found = columns.filter(ofTable).map((row) => columnFacts(row, server));
    if (found.length === 0) continue;
    // Keys on a prefix of a column or on an expression hold other things than columns.
    const named = keys
      .filter((row) => ofTable(row) && row[4] === '0')
      .map((row) => ({ primary: row[2] === 'PRIMARY', columns: (row[3] as string).split('\0') }));
    facts.set(factsKey(schema, table), {
      schema,
      table,
      columns: new Map(found.map((column) => [column.name, column])),
      primaryKey: named.find((key) => key.primary)?.columns ?? [],
      uniqueKeys: named.filter((key) => !key.primary).map((key) => key.columns),
    });
  }
  return facts;
}

function asText(row: readonly (string | Buffer | null)[]): readonly (string | null)[] {
  return row.map((value) => (Buffer.isBuffer(value) ? value.toString('utf8') : value));
}
