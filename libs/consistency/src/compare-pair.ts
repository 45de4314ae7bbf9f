import type { DirectionPlan } from '@rowbridge/mapping';
import { compareTable } from './compare-table.js';
import type { PairComparison, TableComparison } from './comparison.js';
import type { PairReaders } from './pair-twins.js';

export interface PairComparisonRequest {
  /**
   * Either direction of the pair: all rows of both sides are compared whichever it is, but for tables whose changes flow
   * only the other way.
   */
  readonly direction: DirectionPlan;
  /** `source` reads the direction's source side, `target` its target side. */
  readonly readers: PairReaders;
  /** Rows read at a time. Default 1,000. */
  readonly pageRows?: number;
  /** Most differences named for each table; all are counted. Default 20. */
  readonly maximumDifferences?: number;
}

/**
 * Compares every row of both sides of a pair, value by value: ids through `entity_mappings` of both sides, words
 * through their tables, everything else as canonical logical values. Of a table whose changes flow one way, rows the target
 * has of its own are left alone. Memory does not grow with the tables. A row
 * without a recorded twin counts as missing. Meant for a pair at rest: a row that is on its way differs.
 * @throws RowbridgeError or the driver's error when a database cannot be read; `table_missing` and `column_missing`
 *   where a side does not have what the mapping names
 */
export async function comparePair(request: PairComparisonRequest): Promise<PairComparison> {
  const tables: TableComparison[] = [];
  for (const plan of request.direction.tables) {
    tables.push(
      await compareTable({
        direction: request.direction,
        plan,
        readers: request.readers,
        pageRows: request.pageRows ?? 1_000,
        maximumDifferences: request.maximumDifferences ?? 20,
      }),
    );
  }
  return { equal: tables.every((table) => table.equal), tables };
}
