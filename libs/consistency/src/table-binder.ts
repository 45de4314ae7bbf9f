import type { BoundTable, TableFacts } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { TableSide } from '@rowbridge/mapping';
import type { ReadColumn } from './side-reader.js';

type FactsByTable = ReadonlyMap<string, TableFacts>;
type Expected = TableSide & { readonly columns: readonly ReadColumn[] };

/** Knows how the columns of a side's tables are to be read: what the catalog says of them is read once a table. */
export class TableBinder {
  readonly #facts = new Map<string, Promise<FactsByTable>>();

  constructor(
    private readonly readFacts: (
      names: readonly { readonly schema: string; readonly table: string }[],
    ) => Promise<FactsByTable>,
    private readonly bindTable: (expected: Expected, facts: FactsByTable) => BoundTable,
  ) {}

  /** @throws RowbridgeError `table_missing`, `column_missing`; whatever reading the catalog throws */
  async bind(side: TableSide, columns: readonly ReadColumn[]): Promise<BoundTable> {
    const { schema, table } = side;
    const name = JSON.stringify([schema, table]);
    const reading = this.#facts.get(name) ?? this.readFacts([{ schema, table }]);
    this.#facts.set(name, reading);
    const facts = await reading;
    if (facts.size === 0) throw new RowbridgeError('table_missing', `${schema}.${table} does not exist`);
    const bound = this.bindTable({ ...side, columns }, facts);
    for (const column of [...bound.key, ...bound.columns]) {
      if (bound.facts.columns.has(column.name)) continue;
      throw new RowbridgeError('column_missing', `${schema}.${table} has no column "${column.name}"`);
    }
    return bound;
  }
}
