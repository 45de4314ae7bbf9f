import type pg from 'pg';
import { quotePostgresIdentifier as quote } from '../quote-identifier.js';
import type { PostgresCaptureRequirements, PreflightFinding } from './capture-requirements.js';

/** What is set up so that rows of one captured table are kept from capture without an error. */
interface HiddenRows {
  readonly schema: string;
  readonly table: string;
  /** The capture role is subject to the table's row security. */
  readonly byRowSecurity: boolean;
  /** The publication sends only rows that meet a condition. */
  readonly byRowFilter: boolean;
  /** Its partitions (schema, table) that do not log whole rows, and of those the ones that do not log a row's key. */
  readonly withoutWholeRows: readonly PartitionName[];
  readonly withoutKeys: readonly PartitionName[];
}

type PartitionName = readonly [schema: string, table: string];

/** Row security spares superusers, BYPASSRLS and, unless it is forced, members of the owner. */
const hiddenRowsQuery = `
  select coalesce(json_agg(json_build_object(
    'schema', namespace.nspname, 'table', class.relname,
    'byRowSecurity', class.relrowsecurity and coalesce((
      select not (role.rolsuper or role.rolbypassrls
        or (not class.relforcerowsecurity and pg_has_role(role.oid, class.relowner, 'USAGE')))
      from pg_roles role where role.rolname = $3), false),
    'byRowFilter', exists (
      select from pg_publication_tables published
      where published.pubname = $4 and published.schemaname = namespace.nspname
        and published.tablename = class.relname and to_jsonb(published) ->> 'rowfilter' is not null),
    'withoutWholeRows', leaves.without_whole_rows,
    'withoutKeys', leaves.without_keys
  ) order by asked.place), '[]')::text as document
  from unnest($1::text[], $2::text[]) with ordinality as asked (schema_name, table_name, place)
  join pg_namespace namespace on namespace.nspname = asked.schema_name
  join pg_class class on class.relnamespace = namespace.oid and class.relname = asked.table_name
  cross join lateral (
    select
      coalesce(json_agg(json_build_array(leaf_namespace.nspname, leaf.relname) order by leaf.relname)
        filter (where leaf.relreplident <> 'f'), '[]') as without_whole_rows,
      coalesce(json_agg(json_build_array(leaf_namespace.nspname, leaf.relname) order by leaf.relname)
        filter (where leaf.relreplident not in ('f', 'd')), '[]') as without_keys
    from pg_partition_tree(class.oid) tree
    join pg_class leaf on leaf.oid = tree.relid and tree.isleaf and leaf.oid <> class.oid
    join pg_namespace leaf_namespace on leaf_namespace.oid = leaf.relnamespace) leaves`;

/**
 * Rows that snapshots or the log would leave out, whole or their images, which nothing says later. Reads the catalog.
 */
export async function checkHiddenRows(
  client: pg.Pool | pg.ClientBase,
  requirements: PostgresCaptureRequirements,
): Promise<readonly PreflightFinding[]> {
  const { tables, captureUser, publication } = requirements;
  const { rows } = await client.query<{ document: string }>(hiddenRowsQuery, [
    tables.map(({ schema }) => schema),
    tables.map(({ table }) => table),
    captureUser,
    publication,
  ]);
  const found = JSON.parse(rows[0]?.document ?? '[]') as readonly HiddenRows[];
  return found.flatMap((hidden) => judgeHiddenRows(hidden, requirements));
}

function judgeHiddenRows(
  { schema, table, byRowSecurity, byRowFilter, ...leaves }: HiddenRows,
  { tables, captureUser, publication }: PostgresCaptureRequirements,
): PreflightFinding[] {
  const label = `${schema}.${table}`;
  const sql = sqlOf([schema, table]);
  const findings: PreflightFinding[] = [];
  if (byRowSecurity) {
    findings.push({
      check: 'row_security',
      table: label,
      found: `row security, which ${captureUser} is subject to`,
      required: 'a role that sees every row: snapshots would leave out the others and say nothing',
      howToFix: `ALTER ROLE ${quote(captureUser)} BYPASSRLS`,
    });
  }
  if (byRowFilter) {
    const alter = `ALTER PUBLICATION ${quote(publication)}`;
    findings.push({
      check: 'publication',
      table: label,
      found: `publication ${publication} sends only rows that meet a condition`,
      required: 'no row filter: rows that do not meet it would look deleted',
      howToFix: `BEGIN; ${alter} DROP TABLE ${sql}; ${alter} ADD TABLE ${sql}; COMMIT`,
    });
  }
  const twoWay = tables.some((asked) => asked.schema === schema && asked.table === table && asked.twoWay);
  const lacking = twoWay ? leaves.withoutWholeRows : leaves.withoutKeys;
  if (lacking.length > 0) {
    const identity = twoWay ? 'FULL' : 'DEFAULT';
    findings.push({
      check: 'replica_identity',
      table: label,
      found: `partitions without REPLICA IDENTITY ${identity}: ${lacking.map((name) => name.join('.')).join(', ')}`,
      required: `REPLICA IDENTITY ${identity}${twoWay ? '' : ' or FULL'} for each partition: what the table itself has does not hold for them`,
      howToFix: lacking.map((name) => `ALTER TABLE ${sqlOf(name)} REPLICA IDENTITY ${identity}`).join('; '),
    });
  }
  return findings;
}

function sqlOf(name: PartitionName): string {
  return name.map(quote).join('.');
}
