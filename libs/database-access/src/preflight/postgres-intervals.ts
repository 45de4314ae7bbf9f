import type pg from 'pg';
import type { CatalogTable } from '../catalog.js';
import { quotePostgresIdentifier as quote } from '../quote-identifier.js';
import type { CapturedTable, PreflightFinding } from './capture-requirements.js';

/**
 * Mapped intervals that are infinite, as they may be since PostgreSQL 17: the pinned connector says zero of them, live and
 * by snapshot (seen with Debezium 3.5). Reads each mapped interval column once.
 */
export async function checkInfiniteIntervals(
  client: pg.Pool | pg.ClientBase,
  tables: readonly CapturedTable[],
  catalog: readonly CatalogTable[],
): Promise<readonly PreflightFinding[]> {
  const findings: PreflightFinding[] = [];
  for (const { schema, table, mappedColumns } of tables) {
    const found = catalog.find((candidate) => candidate.schema === schema && candidate.table === table);
    const intervals = (found?.columns ?? []).filter(
      ({ name, baseType }) => baseType === 'interval' && mappedColumns.includes(name),
    );
    const sql = `${quote(schema)}.${quote(table)}`;
    for (const { name } of intervals) {
      const column = quote(name);
      const { rows } = await client.query(`select 1 from ${sql} where not isfinite(${column}) limit 1`);
      if (rows.length === 0) continue;
      findings.push({
        check: 'infinite_interval',
        table: `${schema}.${table}.${name}`,
        found: 'infinity in an interval',
        required: 'finite intervals: such a value would arrive as zero',
        howToFix: `change those values, and keep it so: ALTER TABLE ${sql} ADD CHECK (isfinite(${column}))`,
      });
    }
  }
  return findings;
}
