import type { LogicalType } from '@rowbridge/change-event';
import type { RunPostgres } from '../statements/postgres-statement.js';
import { noLimits } from './column-limits.js';
import type { ColumnLimits } from './column-limits.js';
import { factsKey } from './table-facts.js';
import type { ColumnFacts, TableFacts } from './table-facts.js';

const columnsQuery = `
  select namespace.nspname, class.relname, attribute.attname,
    pg_catalog.format_type(attribute.atttypid, -1),
    coalesce(base.typname, type.typname), (type.typtype = 'e' or base.typtype is not distinct from 'e')::text,
    case when type.typtypmod <> -1 then type.typtypmod else attribute.atttypmod end,
    attribute.attnotnull::text, (attribute.attgenerated <> '')::text,
    case
      when attribute.attidentity <> '' then format('nextval(%L::regclass)', sequence.oid::regclass)
      when attribute.attgenerated = '' then pg_catalog.pg_get_expr(definition.adbin, definition.adrelid)
    end,
    sequence.oid::regclass::text,
    pg_catalog.format_type(attribute.atttypid, attribute.atttypmod),
    attribute.attidentity <> '' or definition.adbin is not null,
    (
      select json_agg(label.enumlabel order by label.enumsortorder) from pg_catalog.pg_enum label
      where label.enumtypid = coalesce(base.oid, type.oid)
    )
  from pg_catalog.pg_class class
  join pg_catalog.pg_namespace namespace on namespace.oid = class.relnamespace
  join unnest($1::text[], $2::text[]) as wanted(schema_name, table_name)
    on wanted.schema_name = namespace.nspname and wanted.table_name = class.relname
  join pg_catalog.pg_attribute attribute
    on attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
  join pg_catalog.pg_type type on type.oid = attribute.atttypid
  left join pg_catalog.pg_type base on base.oid = nullif(type.typbasetype, 0)
  left join pg_catalog.pg_attrdef definition
    on definition.adrelid = class.oid and definition.adnum = attribute.attnum
  left join lateral (
    select used.oid from pg_catalog.pg_class used
    where used.relkind = 'S' and used.oid in (
      select dependency.refobjid from pg_catalog.pg_depend dependency
      where dependency.classid = 'pg_catalog.pg_attrdef'::regclass and dependency.objid = definition.oid
        and dependency.refclassid = 'pg_catalog.pg_class'::regclass
      union all
      select dependency.objid from pg_catalog.pg_depend dependency
      where dependency.classid = 'pg_catalog.pg_class'::regclass and dependency.deptype = 'i'
        and dependency.refclassid = 'pg_catalog.pg_class'::regclass
        and dependency.refobjid = class.oid and dependency.refobjsubid = attribute.attnum
    )
    limit 1
  ) sequence on true
  where class.relkind in ('r', 'p')
  order by 1, 2, attribute.attnum`;

const keysQuery = `
  select namespace.nspname, class.relname, index.indisprimary::text,
    json_agg(attribute.attname order by part.position)::text
  from pg_catalog.pg_index index
  join pg_catalog.pg_class class on class.oid = index.indrelid
  join pg_catalog.pg_namespace namespace on namespace.oid = class.relnamespace
  join unnest($1::text[], $2::text[]) as wanted(schema_name, table_name)
    on wanted.schema_name = namespace.nspname and wanted.table_name = class.relname
  cross join lateral unnest(index.indkey::smallint[]) with ordinality as part(number, position)
  join pg_catalog.pg_attribute attribute
    on attribute.attrelid = class.oid and attribute.attnum = part.number
  where index.indisunique and index.indisvalid and index.indpred is null and index.indexprs is null
    and part.position <= index.indnkeyatts
  group by namespace.nspname, class.relname, index.indexrelid, index.indisprimary
  order by index.indexrelid`;

const holdsByType: Readonly<Record<string, readonly LogicalType[]>> = {
  text: ['text', 'uuid', 'json'],
  varchar: ['text', 'uuid', 'json'],
  bpchar: ['text', 'fixed_text', 'uuid'],
  citext: ['text'],
  int2: ['int64'],
  int4: ['int64'],
  int8: ['int64'],
  oid: ['int64'],
  numeric: ['decimal', 'int64', 'uint64'],
  float4: ['float64'],
  float8: ['float64'],
  bool: ['boolean'],
  timestamptz: ['instant'],
  timestamp: ['wall_clock'],
  date: ['date'],
  time: ['time'],
  interval: ['interval', 'time'],
  uuid: ['uuid'],
  json: ['json'],
  jsonb: ['json'],
  hstore: ['json'],
  bytea: ['bytes', 'geometry'],
  bit: ['bits'],
  xml: ['text'],
  ltree: ['text'],
  inet: ['text'],
  cidr: ['text'],
  macaddr: ['text'],
  macaddr8: ['text'],
  int4range: ['text'],
  int8range: ['text'],
  numrange: ['text'],
  daterange: ['text'],
  tsrange: ['text'],
  point: ['geometry'],
  _text: ['array'],
  _varchar: ['array'],
  _uuid: ['array'],
  _numeric: ['array'],
  _int2: ['array'],
  _int4: ['array'],
  _int8: ['array'],
  _float4: ['array'],
  _float8: ['array'],
  _bool: ['array'],
  _timestamp: ['array'],
  _bytea: ['array'],
};

/** Types that rewrite what is written to them, such as `10.0.0.1/32` to `10.0.0.1`. */
const rewritingTypes: ReadonlySet<string> = new Set([
  'xml',
  'ltree',
  'inet',
  'cidr',
  'macaddr',
  'macaddr8',
  'int4range',
  'int8range',
  'numrange',
  'daterange',
  'tsrange',
]);

const elementKinds: Readonly<Record<string, ColumnLimits['elements']>> = {
  _text: 'text',
  _varchar: 'text',
  _uuid: 'uuid',
  _numeric: 'decimal',
  _int2: 'integer',
  _int4: 'integer',
  _int8: 'integer',
  _float4: 'float32',
  _float8: 'float64',
  _bool: 'boolean',
  _timestamp: 'wall_clock',
  _bytea: 'bytes',
};

/** An array behind a domain is no array to `unnest`. */
function typesHeld(typeName: string, baseType: string): readonly LogicalType[] {
  if (baseType.startsWith('_') && !typeName.endsWith('[]')) return [];
  return holdsByType[baseType] ?? [];
}

const integerBits: Readonly<Record<string, bigint>> = { int2: 16n, int4: 32n, int8: 64n };

function integerRange(baseType: string): ColumnLimits['integers'] {
  if (baseType === 'oid') return [0n, 2n ** 32n - 1n];
  const bits = integerBits[baseType];
  return bits === undefined ? null : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

/** numeric(precision, scale) is stored as ((precision << 16) | scale) + 4. */
function decimalDigits(baseType: string, modifier: number): ColumnLimits['decimals'] {
  if (elementType(baseType) !== 'numeric' || modifier < 4) return null;
  return { precision: (modifier - 4) >> 16, scale: signedScale(modifier) };
}

/** An array's modifier is that of its elements. */
function elementType(baseType: string): string {
  return baseType.replace(/^_/, '');
}

const allIntervalFields = 0x7fff;
const fullIntervalPrecision = 0xffff;

/** interval fields (precision) is stored as (fields << 16) | precision. */
function intervalLimits(
  baseType: string,
  modifier: number,
): Pick<ColumnLimits, 'fractionDigits' | 'someFields'> {
  if (baseType !== 'interval' || modifier < 0) return { fractionDigits: null, someFields: false };
  const precision = modifier & 0xffff;
  return {
    fractionDigits: precision === fullIntervalPrecision ? null : precision,
    someFields: modifier >> 16 !== allIntervalFields,
  };
}

function limitsOf(baseType: string, modifier: number): ColumnLimits {
  const timed = ['timestamptz', 'timestamp', 'time'].includes(elementType(baseType));
  const interval = intervalLimits(baseType, modifier);
  const characters = ['varchar', 'bpchar'].includes(elementType(baseType));
  return {
    ...noLimits,
    integers: integerRange(baseType),
    decimals: decimalDigits(baseType, modifier),
    characters: characters && modifier >= 4 ? modifier - 4 : null,
    fractionDigits: timed && modifier >= 0 ? modifier : interval.fractionDigits,
    someFields: interval.someFields,
    times: baseType === 'time' ? ['00:00:00.000000', '24:00:00.000000'] : null,
    infinity: ['timestamptz', 'timestamp', 'date', 'numeric', 'float4', 'float8'].includes(baseType),
    singlePrecision: baseType === 'float4',
    refusesNulCharacter: true,
    padsText: baseType === 'bpchar',
    bits: baseType === 'bit' ? modifier : null,
    jsonText: baseType === 'jsonb',
    jsonTextMap: baseType === 'hstore',
    elements: elementKinds[baseType] ?? null,
    plainPoints: baseType === 'point',
  };
}

/** Scales are eleven bits with sign: numeric(5, -2) is legal. */
function signedScale(modifier: number): number {
  return (((modifier - 4) & 0x7ff) ^ 0x400) - 0x400;
}

/** Reads the facts of the tables that exist; the map holds no entry for the others. Keyed by {@link factsKey}. */
export async function readPostgresTableFacts(
  run: RunPostgres,
  tables: readonly { readonly schema: string; readonly table: string }[],
): Promise<ReadonlyMap<string, TableFacts>> {
  const values = [tables.map(({ schema }) => schema), tables.map(({ table }) => table)];
  const columns = await run({ text: columnsQuery, values, operation: 'read_catalog' });
  const keys = await run({ text: keysQuery, values, operation: 'read_catalog' });
  const facts = new Map<string, TableFacts>();
  for (const { schema, table } of tables) {
    const ofTable = (row: readonly (string | null)[]): boolean => row[0] === schema && row[1] === table;
    const found = columns.rows.filter(ofTable).map(columnFacts);
    if (found.length === 0) continue;
    const named = keys.rows.filter(ofTable).map((row) => ({
      primary: row[2] === 'true',
      columns: JSON.parse(row[3] as string) as string[],
    }));
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

function columnFacts(row: readonly (string | null)[]): ColumnFacts {
  const [name, typeName, baseType, isEnum, modifier, notNull, computed, keyExpression, sequence] =
    row.slice(2);
  const [declaredAs, hasDefault, labels] = row.slice(11);
  return {
    name: name as string,
    typeName: typeName as string,
    declaredAs: declaredAs as string,
    restated: '',
    holds: new Set(isEnum === 'true' ? ['text'] : typesHeld(typeName as string, baseType as string)),
    nullable: notNull !== 'true',
    hasDefault: hasDefault === 't',
    computed: computed === 'true',
    limits: {
      ...limitsOf(baseType as string, Number(modifier)),
      labels: isEnum === 'true' ? (JSON.parse(labels ?? '[]') as string[]) : null,
    },
    rewrites: rewritingTypes.has(baseType as string),
    keyExpression: keyExpression ?? null,
    sequence: sequence ?? null,
    autoIncrement: false,
    characterSet: null,
    collation: null,
  };
}
