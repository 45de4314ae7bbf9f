import type { RunMysql, SchemaDrift } from '@rowbridge/database-access';

const table = 'rowbridge.schema_drift';

// A drift that comes back after it was resolved begins anew. Assignments see those before them: `resolved_at` is last.
const record = `
  insert into ${table} (direction, table_name, error_code, what, mapping_patch)
  values (?)
  on duplicate key update
    what = values(what), mapping_patch = values(mapping_patch), last_seen = current_timestamp(6),
    first_seen = case when resolved_at is null then first_seen else current_timestamp(6) end,
    resolved_at = null`;

export async function recordSchemaDrift(run: RunMysql, direction: string, drift: SchemaDrift): Promise<void> {
  const values = [[direction, drift.table, drift.errorCode, drift.what, drift.mappingPatch]];
  await run({ text: record, values, operation: 'record_schema_drift', table });
}

export async function resolveSchemaDrift(
  run: RunMysql,
  direction: string,
  driftedTable: string,
): Promise<void> {
  await run({
    text: `update ${table} set resolved_at = current_timestamp(6)
      where direction = ? and table_name = ? and resolved_at is null`,
    values: [direction, driftedTable],
    operation: 'resolve_schema_drift',
    table,
  });
}
