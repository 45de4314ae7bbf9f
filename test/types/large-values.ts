/** A table whose every value is stored apart from its row, and whose updates leave such values out of the log. */
export const largeTable = 'types_large';

const words = "(select string_agg(md5(number::text), ' ') from generate_series(1, 200) number)";
const numbers = 'select array_agg(number) from generate_series(1, 2000) number';

/**
 * Types that can be stored apart, with a value that is. Left out: bit strings and arrays of other elements, at whose
 * unchanged values the pinned connector stops (seen); preflight wants REPLICA IDENTITY FULL where a table has them.
 */
const largeColumns: readonly (readonly [name: string, type: string, literal: string])[] = [
  ['as_text', 'text', words],
  ['as_varchar', 'varchar(20000)', words],
  ['as_bpchar', 'char(20000)', words],
  ['as_citext', 'citext', words],
  ['as_json', 'json', `json_build_object('a', ${words})`],
  ['as_jsonb', 'jsonb', `jsonb_build_object('a', ${words})`],
  ['as_xml', 'xml', `('<a>' || ${words} || '</a>')::xml`],
  ['as_hstore', 'hstore', `hstore('a', ${words})`],
  ['as_ltree', 'ltree', `replace(${words}, ' ', '.')::ltree`],
  ['as_bytea', 'bytea', `${words}::bytea`],
  ['as_numeric', 'numeric', "(repeat('1234567890', 800))::numeric"],
  ['as_text_array', 'text[]', `string_to_array(${words}, ' ')`],
  ['as_integer_array', 'integer[]', `(${numbers})::integer[]`],
  ['as_bigint_array', 'bigint[]', `(${numbers})::bigint[]`],
  [
    'as_uuid_array',
    'uuid[]',
    '(select array_agg(md5(number::text)::uuid) from generate_series(1, 500) number)',
  ],
];

export const largeColumnNames: readonly string[] = largeColumns.map(([name]) => name);

export const largeTableStatements: readonly string[] = [
  `create table ${largeTable} (id bigserial primary key, note text, ${largeColumns.map(([name, type]) => `${name} ${type}`).join(', ')})`,
  ...largeColumns.map(([name]) => `alter table ${largeTable} alter column ${name} set storage external`),
  `insert into ${largeTable} (note, ${largeColumnNames.join(', ')}) values ('whole', ${largeColumns.map(([, , literal]) => literal).join(', ')})`,
];

/** Leaves every large value alone. */
export const largeUpdate = `update ${largeTable} set note = 'edited'`;
