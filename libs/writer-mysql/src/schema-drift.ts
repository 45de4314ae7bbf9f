import type { OpenSchemaDrift, RunMysql, SchemaDrift } from '@rowbridge/database-access';

const table = 'rowbridge.schema_drift';

// A drift that comes back after it was resolved begins anew. Assignments see those before them: `resolved_at` is last.
const record = `
  insert into ${table} (direction, table_name, error_code, what, statement, mapping_patch, column_name)
  values (?)
  on duplicate key update
    what = values(what), statement = values(statement), mapping_patch = values(mapping_patch),
    column_name = values(column_name), last_seen = current_timestamp(6),
    first_seen = case when resolved_at is null then first_seen else current_timestamp(6) end,
    resolved_at = null`;

export async function recordSchemaDrift(run: RunMysql, direction: string, drift: SchemaDrift): Promise<void> {
  const values = [
    [direction, drift.table, drift.errorCode, drift.what, drift.statement, drift.mappingPatch, drift.column],
  ];
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

export async function readOpenSchemaDrifts(
  run: RunMysql,
  direction: string,
): Promise<readonly OpenSchemaDrift[]> {
  const { rows } = await run({
    text: `select table_name, error_code, what, statement, mapping_patch, column_name,
        floor(unix_timestamp(first_seen) * 1000)
      from ${table} where direction = ? and resolved_at is null order by first_seen`,
    values: [direction],
    operation: 'read_schema_drift',
    table,
  });
  const textOf = (value: string | Buffer | null | undefined): string | null => value?.toString() ?? null;
  return rows.map(([driftedTable, errorCode, what, statement, mappingPatch, column, firstSeenMs]) => ({
    table: String(driftedTable),
    errorCode: String(errorCode),
    what: String(what),
    statement: textOf(statement),
    mappingPatch: textOf(mappingPatch),
    column: textOf(column),
    firstSeenMs: Number(firstSeenMs),
  }));
}
