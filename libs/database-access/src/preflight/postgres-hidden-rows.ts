import type pg from 'pg';
import { quotePostgresIdentifier as quote } from '../quote-identifier.js';
import type { PostgresCaptureRequirements, PreflightFinding } from './capture-requirements.js';

/** What is set up so that rows of one captured table are kept from capture without an error. */
interface HiddenRows {
  readonly schema: string;
  readonly table: string;
  /** The capture role is subject to the table's row security. */
  readonly byRowSecurity: boolean;
}

/** Row security spares superusers, BYPASSRLS and, unless it is forced, members of the owner. */
const hiddenRowsQuery = `
  select coalesce(json_agg(json_build_object(
    'schema', namespace.nspname, 'table', class.relname,
    'byRowSecurity', class.relrowsecurity and coalesce((
      select not (role.rolsuper or role.rolbypassrls
        or (not class.relforcerowsecurity and pg_has_role(role.oid, class.relowner, 'USAGE')))
      from pg_roles role where role.rolname = $3), false)
  ) order by asked.place), '[]')::text as document
  from unnest($1::text[], $2::text[]) with ordinality as asked (schema_name, table_name, place)
  join pg_namespace namespace on namespace.nspname = asked.schema_name
  join pg_class class on class.relnamespace = namespace.oid and class.relname = asked.table_name`;

/** Rows that snapshots or the log would leave out, which nothing says later: they would look deleted. Reads the catalog. */
export async function checkHiddenRows(
  client: pg.Pool | pg.ClientBase,
  { tables, captureUser }: PostgresCaptureRequirements,
): Promise<readonly PreflightFinding[]> {
  const { rows } = await client.query<{ document: string }>(hiddenRowsQuery, [
    tables.map(({ schema }) => schema),
    tables.map(({ table }) => table),
    captureUser,
  ]);
  const found = JSON.parse(rows[0]?.document ?? '[]') as readonly HiddenRows[];
  return found.flatMap(({ schema, table, byRowSecurity }): PreflightFinding[] =>
    byRowSecurity
      ? [
          {
            check: 'row_security',
            table: `${schema}.${table}`,
            found: `row security, which ${captureUser} is subject to`,
            required: 'a role that sees every row: snapshots would leave out the others and say nothing',
            howToFix: `ALTER ROLE ${quote(captureUser)} BYPASSRLS`,
          },
        ]
      : [],
  );
}
