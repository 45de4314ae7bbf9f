import { RowbridgeError } from '@rowbridge/errors';
import {
  findTableMisfits,
  type EngineFamily,
  type SchemaMisfit,
  type TableInCatalog,
  type TablePlan,
} from '@rowbridge/mapping';
import {
  expectedKeyColumns,
  expectedSourceTable,
  expectedTargetTable,
  type ExpectedTable,
} from './expected-tables.js';
import { factsKey, type TableFacts } from './facts/table-facts.js';
import { quoteMysqlIdentifier, quotePostgresIdentifier } from './quote-identifier.js';
import { repairStatement } from './repair-statement.js';
import { bindTable, type BoundTable } from './statements/bound-table.js';

/** What a direction's host asks about the tables of one side. Tables by entity. */
export interface SchemaCatalog {
  /** Reads the table anew: what is written or read from now on is bound to what it is now. */
  refresh(entity: string): Promise<void>;
  /** Everything in which table and mapping do not fit, as last read; empty when they fit. */
  misfits(entity: string): readonly SchemaMisfit[];
  /** As last read; null = no such table. */
  now(entity: string): TableInCatalog | null;
  /** As it was when it was last accepted; null where it never was. */
  former(entity: string): TableInCatalog | null;
  /** Takes the table as it is for the one changes are measured from, where it fits. */
  accept(entity: string): void;
  /** @throws RowbridgeError `invalid_configuration` or `table_without_primary_key` where table and mapping do not fit */
  requireFit(entity: string): void;
}

/** What happens to tables that do not fit when a side is opened: refused, or held until they do. */
export type MisfitHandling = 'refuse' | 'hold';

export interface TableCatalogOptions {
  readonly plans: readonly TablePlan[];
  readonly side: 'source' | 'target';
  /** Keyed by `factsKey`; without tables that do not exist. */
  readonly read: (tables: readonly ExpectedTable[]) => Promise<ReadonlyMap<string, TableFacts>>;
}

interface Entry {
  readonly plan: TablePlan;
  readonly expected: ExpectedTable;
  facts: TableFacts | null;
  former: TableInCatalog | null;
  misfits: readonly SchemaMisfit[];
  bound: BoundTable | null;
}

/** The tables of one side as the server has them, each bound to its plan as long as it fits. */
export class TableCatalog implements SchemaCatalog {
  private readonly entries: ReadonlyMap<string, Entry>;

  private constructor(private readonly options: TableCatalogOptions) {
    const expectedTable = options.side === 'source' ? expectedSourceTable : expectedTargetTable;
    this.entries = new Map(
      options.plans.map((plan) => [
        plan.entity,
        { plan, expected: expectedTable(plan), facts: null, former: null, misfits: [], bound: null },
      ]),
    );
  }

  /** Reads every table once. Tables that do not fit are found by `misfits`, or refused by `requireFit`. */
  static async open(options: TableCatalogOptions): Promise<TableCatalog> {
    const catalog = new TableCatalog(options);
    await catalog.read([...catalog.entries.values()]);
    for (const entity of catalog.entries.keys()) catalog.accept(entity);
    return catalog;
  }

  /**
   * The table, bound to its plan.
   * @throws RowbridgeError of a table that waits (`column_missing` …) while it does not fit
   */
  bound({ entity }: Pick<TablePlan, 'entity'>): BoundTable {
    const entry = this.entry(entity);
    if (entry.bound) return entry.bound;
    const [misfit] = entry.misfits;
    throw new RowbridgeError(misfit?.errorCode ?? 'table_missing', misfit?.what ?? `${entity} was not read`, {
      details: { table: `${entry.expected.schema}.${entry.expected.table}` },
      ...(misfit?.repair && { whatToDo: repairStatement(this.family(entry), misfit.repair) }),
    });
  }

  /**
   * Reads rows of the table and, after them, the table itself: rows read while a column had another type are not taken.
   * @throws RowbridgeError as `bound`, where the table did not fit before or does not after
   */
  async readFitting<Answer>(
    plan: Pick<TablePlan, 'entity'>,
    read: (table: BoundTable) => Promise<Answer>,
  ): Promise<Answer> {
    const answer = await read(this.bound(plan));
    await this.refresh(plan.entity);
    this.bound(plan);
    return answer;
  }

  refresh(entity: string): Promise<void> {
    return this.read([this.entry(entity)]);
  }

  misfits(entity: string): readonly SchemaMisfit[] {
    return this.entry(entity).misfits;
  }

  now(entity: string): TableInCatalog | null {
    return inCatalog(this.entry(entity).facts);
  }

  former(entity: string): TableInCatalog | null {
    return this.entry(entity).former;
  }

  accept(entity: string): void {
    const entry = this.entry(entity);
    if (entry.bound) entry.former = inCatalog(entry.facts);
  }

  requireFit(entity: string): void {
    const { facts, expected, misfits } = this.entry(entity);
    const label = `${expected.schema}.${expected.table}`;
    if (facts?.primaryKey.length === 0) {
      throw new RowbridgeError('table_without_primary_key', `the table ${label} has no primary key`, {
        details: { table: label },
        whatToDo: `Add a primary key on (${expected.key.join(', ')}).`,
      });
    }
    const [misfit] = misfits;
    if (!misfit) return;
    throw new RowbridgeError('invalid_configuration', misfit.what, {
      details: misfit.column === null ? { table: label } : { table: label, column: misfit.column },
    });
  }

  private entry(entity: string): Entry {
    const entry = this.entries.get(entity);
    if (!entry) throw new RowbridgeError('internal_error', `the direction's plan has no entity ${entity}`);
    return entry;
  }

  private family({ plan }: Entry): EngineFamily {
    return plan[this.options.side].side.engineFamily;
  }

  private async read(entries: readonly Entry[]): Promise<void> {
    const facts = await this.options.read(entries.map(({ expected }) => expected));
    for (const entry of entries) this.take(entry, facts);
  }

  private take(entry: Entry, facts: ReadonlyMap<string, TableFacts>): void {
    const { expected, plan, former } = entry;
    entry.facts = facts.get(factsKey(expected.schema, expected.table)) ?? null;
    entry.misfits = findTableMisfits({
      side: plan[this.options.side].side.name,
      schema: expected.schema,
      table: expected.table,
      key: expectedKeyColumns(expected),
      columns: expected.columns,
      written: this.options.side === 'target',
      now: inCatalog(entry.facts),
      former,
    });
    const quote = this.family(entry) === 'postgres' ? quotePostgresIdentifier : quoteMysqlIdentifier;
    entry.bound = entry.misfits.length === 0 ? bindTable(expected, facts, quote) : null;
  }
}

function inCatalog(facts: TableFacts | null): TableInCatalog | null {
  if (!facts) return null;
  const columns = [...facts.columns.values()].map(
    ({ name, declaredAs, holds, nullable, hasDefault, computed, restated, limits }) =>
      [
        name,
        { name, declaredAs, holds, nullable, hasDefault, computed, restated, labels: limits.labels },
      ] as const,
  );
  return { columns: new Map(columns), primaryKey: facts.primaryKey };
}

/**
 * Reads the tables of one side.
 * @throws RowbridgeError `invalid_configuration` or `table_without_primary_key` where one does not fit and is refused
 */
export async function openTableCatalog(
  options: TableCatalogOptions,
  misfits: MisfitHandling = 'refuse',
): Promise<TableCatalog> {
  const catalog = await TableCatalog.open(options);
  if (misfits === 'refuse') for (const { entity } of options.plans) catalog.requireFit(entity);
  return catalog;
}
