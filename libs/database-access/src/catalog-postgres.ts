import type pg from 'pg';
import type { CatalogTable, TableName } from './catalog.js';

/** The tables asked for, as a relation every query below joins. */
const wanted = `
  select class.oid, namespace.nspname as schema, class.relname as "table"
  from unnest($1::text[], $2::text[]) as asked (schema_name, table_name)
  join pg_namespace namespace on namespace.nspname = asked.schema_name
  join pg_class class on class.relnamespace = namespace.oid and class.relname = asked.table_name
  where class.relkind in ('r', 'p')`;

/** One JSON document per table: text survives whatever the connection's type parsers are. */
const catalogQuery = `
with wanted as (${wanted})
select json_build_object(
  'schema', wanted.schema,
  'table', wanted."table",
  'columns', (
    select coalesce(json_agg(json_build_object(
      'name', attribute.attname,
      'type', format_type(attribute.atttypid, attribute.atttypmod),
      'baseType', format_type(attribute.atttypid, null),
      'nullable', not attribute.attnotnull,
      'generated', attribute.attgenerated <> '',
      'autoAssigned', attribute.attidentity <> ''
        or coalesce(pg_get_expr(definition.adbin, definition.adrelid) like 'nextval(%', false),
      'defaultValue', case when attribute.attgenerated = ''
        and pg_get_expr(definition.adbin, definition.adrelid) !~ '^NULL(::|$)'
        then pg_get_expr(definition.adbin, definition.adrelid) end,
      'bumpedOnUpdate', false,
      'length', information.character_maximum_length,
      'precision', coalesce(information.numeric_precision, information.datetime_precision),
      'scale', information.numeric_scale,
      'collation', case when attribute.attcollation <> 0
        then (select collname from pg_collation where oid = attribute.attcollation) end
    ) order by attribute.attnum), '[]')
    from pg_attribute attribute
    left join pg_attrdef definition
      on definition.adrelid = attribute.attrelid and definition.adnum = attribute.attnum
    left join information_schema.columns information
      on information.table_schema = wanted.schema and information.table_name = wanted."table"
      and information.column_name = attribute.attname
    where attribute.attrelid = wanted.oid and attribute.attnum > 0 and not attribute.attisdropped
  ),
  'primaryKey', (
    select coalesce(json_agg(attribute.attname order by place.position), '[]')
    from pg_index key_index
    cross join unnest(key_index.indkey) with ordinality as place (attribute_number, position)
    join pg_attribute attribute
      on attribute.attrelid = key_index.indrelid and attribute.attnum = place.attribute_number
    where key_index.indrelid = wanted.oid and key_index.indisprimary
      and place.position <= key_index.indnkeyatts
  ),
  'uniqueIndexes', (
    select coalesce(json_agg(json_build_object(
      'name', index_class.relname,
      'columns', case when 0 = any (unique_index.indkey) then '[]' else (
        select json_agg(attribute.attname order by place.position)
        from unnest(unique_index.indkey) with ordinality as place (attribute_number, position)
        join pg_attribute attribute
          on attribute.attrelid = unique_index.indrelid and attribute.attnum = place.attribute_number
        where place.position <= unique_index.indnkeyatts) end,
      'partial', unique_index.indpred is not null or unique_index.indexprs is not null
    ) order by index_class.relname), '[]')
    from pg_index unique_index
    join pg_class index_class on index_class.oid = unique_index.indexrelid
    where unique_index.indrelid = wanted.oid and unique_index.indisunique and not unique_index.indisprimary
  ),
  'foreignKeys', (
    select coalesce(json_agg(json_build_object(
      'name', reference.conname,
      'columns', (
        select json_agg(attribute.attname order by place.position)
        from unnest(reference.conkey) with ordinality as place (attribute_number, position)
        join pg_attribute attribute
          on attribute.attrelid = reference.conrelid and attribute.attnum = place.attribute_number),
      'references', json_build_object(
        'schema', target.relnamespace::regnamespace::text, 'table', target.relname),
      'referencedColumns', (
        select json_agg(attribute.attname order by place.position)
        from unnest(reference.confkey) with ordinality as place (attribute_number, position)
        join pg_attribute attribute
          on attribute.attrelid = reference.confrelid and attribute.attnum = place.attribute_number),
      'onDelete', (json_build_object('a', 'NO ACTION', 'r', 'RESTRICT', 'c', 'CASCADE', 'n', 'SET NULL',
        'd', 'SET DEFAULT') ->> reference.confdeltype::text),
      'onUpdate', (json_build_object('a', 'NO ACTION', 'r', 'RESTRICT', 'c', 'CASCADE', 'n', 'SET NULL',
        'd', 'SET DEFAULT') ->> reference.confupdtype::text)
    ) order by reference.conname), '[]')
    from pg_constraint reference
    join pg_class target on target.oid = reference.confrelid
    where reference.conrelid = wanted.oid and reference.contype = 'f' and reference.conparentid = 0
  ),
  'triggers', (
    select coalesce(json_agg(json_build_object(
      'name', tgname,
      'events', array_remove(array[
        case when tgtype & 4 > 0 then 'INSERT' end, case when tgtype & 16 > 0 then 'UPDATE' end,
        case when tgtype & 8 > 0 then 'DELETE' end, case when tgtype & 32 > 0 then 'TRUNCATE' end], null),
      'definition', pg_get_triggerdef(pg_trigger.oid) || E'\\n' || coalesce(
        (select prosrc from pg_proc where oid = tgfoid), '')
    ) order by tgname), '[]')
    from pg_trigger where tgrelid = wanted.oid and not tgisinternal and tgenabled <> 'D'
  )
)::text as document
from wanted`;

/** @see readCatalog */
export async function readPostgresCatalog(
  client: pg.Pool | pg.ClientBase,
  tables: readonly TableName[],
): Promise<readonly CatalogTable[]> {
  const { rows } = await client.query<{ document: string }>(catalogQuery, [
    tables.map(({ schema }) => schema),
    tables.map(({ table }) => table),
  ]);
  return rows.map(({ document }) => JSON.parse(document) as CatalogTable);
}
