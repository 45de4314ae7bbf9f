import type { DirectionPlan } from '@rowbridge/mapping';
import type { Logger } from '@rowbridge/observability';

export interface UnmappedTablesOptions {
  readonly plan: DirectionPlan;
  readonly source: { listTables(): Promise<readonly string[]> };
  readonly target: { listTables(): Promise<readonly string[]> };
  readonly logger: Logger;
}

/** Tables beside the mapped ones, by side: information, never an error. */
export class UnmappedTables {
  private readonly told = new Set<string>();
  /** Names by side, as last read. */
  bySide: Readonly<Record<string, readonly string[]>> = {};

  constructor(private readonly options: UnmappedTablesOptions) {}

  /** Reads the tables of both sides; tells of each that no mapping names once. */
  async look(): Promise<void> {
    const { plan, source, target } = this.options;
    const [sourceTables, targetTables] = await Promise.all([source.listTables(), target.listTables()]);
    this.bySide = {
      [plan.source.name]: this.beside(sourceTables, 'source'),
      [plan.target.name]: this.beside(targetTables, 'target'),
    };
  }

  private beside(tables: readonly string[], side: 'source' | 'target'): readonly string[] {
    const { plan, logger } = this.options;
    const mapped = new Set(plan.tables.map((table) => table[side].table));
    const unmapped = tables.filter((table) => !mapped.has(table));
    for (const table of unmapped) {
      const name = `${plan[side].name}/${table}`;
      if (this.told.has(name)) continue;
      this.told.add(name);
      logger.info(
        { side: plan[side].name, unmappedTable: table, operation: 'schema' },
        'A table is in no mapping',
      );
    }
    return unmapped;
  }
}
