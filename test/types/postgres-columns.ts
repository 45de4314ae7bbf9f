import { postgresDocumentColumns } from './postgres-document-columns.js';
import { postgresNumberColumns } from './postgres-number-columns.js';
import { postgresTextColumns } from './postgres-text-columns.js';
import { postgresTimeColumns } from './postgres-time-columns.js';
import type { TypeColumn } from './type-column.js';

/** Types of PostgreSQL that are carried, with the MySQL and MariaDB types that hold them. */
export const postgresColumns: readonly TypeColumn[] = [
  ...postgresNumberColumns,
  ...postgresTimeColumns,
  ...postgresTextColumns,
  ...postgresDocumentColumns,
];

/** Types that a mapping refuses at start, with the reason. */
export const refusedPostgresTypes: readonly { readonly type: string; readonly reason: string }[] = [
  { type: 'bit varying(8)', reason: 'events do not say how many bits a value has' },
  { type: 'time with time zone', reason: 'events are in UTC: the offset a value was written with is lost' },
  { type: 'tstzrange', reason: "events are in the server's own time zone" },
  { type: 'tsvector', reason: 'made from other columns: let the target make its own' },
  { type: 'box', reason: 'not captured by the pinned connector' },
  { type: 'line', reason: 'not captured by the pinned connector' },
  { type: 'lseg', reason: 'not captured by the pinned connector' },
  { type: 'path', reason: 'not captured by the pinned connector' },
  { type: 'polygon', reason: 'not captured by the pinned connector' },
  { type: 'circle', reason: 'not captured by the pinned connector' },
  { type: 'money', reason: 'snapshots round large amounts' },
  { type: 'name', reason: 'events carry nothing of it' },
  { type: 'money[]', reason: 'not captured by the pinned connector' },
  { type: 'interval[]', reason: 'not captured by the pinned connector' },
  { type: 'timestamp[]', reason: 'no type of the other engines holds it' },
  { type: 'jsonb[]', reason: 'no type of the other engines holds it' },
  { type: 'bytea[]', reason: 'no type of the other engines holds it' },
  { type: 'int4multirange', reason: 'not captured by the pinned connector' },
  { type: 'pair_of_numbers', reason: 'composite types are not captured by the pinned connector' },
  { type: 'pg_lsn', reason: 'not captured by the pinned connector' },
];

export const postgresTypeDeclarations: readonly string[] = [
  'create extension if not exists citext',
  'create extension if not exists hstore',
  'create extension if not exists ltree',
  "create type mood as enum ('sad', 'ok', 'it''s')",
  "create type size as enum ('small', 'it''s, ok', 'LARGE')",
  'create domain positive as integer check (value > 0)',
  'create type pair_of_numbers as (first_number integer, second_number integer)',
];
