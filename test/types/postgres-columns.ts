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

export const postgresTypeDeclarations: readonly string[] = [
  'create extension if not exists citext',
  'create extension if not exists hstore',
  'create extension if not exists ltree',
  "create type mood as enum ('sad', 'ok', 'it''s')",
  "create type size as enum ('small', 'it''s, ok', 'LARGE')",
  'create domain positive as integer check (value > 0)',
  'create type pair_of_numbers as (first_number integer, second_number integer)',
];
