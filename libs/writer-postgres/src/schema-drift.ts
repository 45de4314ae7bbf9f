import type { OpenSchemaDrift, RunPostgres, SchemaDrift } from '@rowbridge/database-access';

const table = 'rowbridge.schema_drift';

// A drift that comes back after it was resolved begins anew.
const record = `
  insert into rowbridge.schema_drift as drift (direction, table_name, error_code, what, statement, mapping_patch, column_name)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (direction, table_name, error_code) do update
  set what = excluded.what, statement = excluded.statement, mapping_patch = excluded.mapping_patch,
    column_name = excluded.column_name, last_seen = excluded.last_seen,
    first_seen = case when drift.resolved_at is null then drift.first_seen else excluded.first_seen end,
    resolved_at = null`;

export async function recordSchemaDrift(
  run: RunPostgres,
  direction: string,
  drift: SchemaDrift,
): Promise<void> {
  const values = [
    direction,
    drift.table,
    drift.errorCode,
    drift.what,
    drift.statement,
    drift.mappingPatch,
    drift.column,
  ];
  await run({ text: record, values, operation: 'record_schema_drift', table });
}

export async function resolveSchemaDrift(
  run: RunPostgres,
  direction: string,
  driftedTable: string,
): Promise<void> {
  await run({
    text: `update rowbridge.schema_drift set resolved_at = clock_timestamp()
      where direction = $1 and table_name = $2 and resolved_at is null`,
    values: [direction, driftedTable],
    operation: 'resolve_schema_drift',
    table,
  });
}

export async function readOpenSchemaDrifts(
  run: RunPostgres,
  direction: string,
): Promise<readonly OpenSchemaDrift[]> {
  const { rows } = await run({
    text: `select table_name, error_code, what, statement, mapping_patch,
        column_name, floor(extract(epoch from first_seen) * 1000)::bigint
      from rowbridge.schema_drift where direction = $1 and resolved_at is null order by first_seen`,
    values: [direction],
    operation: 'read_schema_drift',
    table,
  });
  return rows.map(([driftedTable, errorCode, what, statement, mappingPatch, column, firstSeenMs]) => ({
    table: driftedTable as string,
    errorCode: errorCode as string,
    what: what as string,
    statement: statement ?? null,
    mappingPatch: mappingPatch ?? null,
    column: column ?? null,
    firstSeenMs: Number(firstSeenMs),
  }));
}
