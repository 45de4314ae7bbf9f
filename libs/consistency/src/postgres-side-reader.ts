import { parseRowKey, type RowKey } from '@rowbridge/change-event';
import {
  bindTable,
  columnFactsOf,
  postgresSelection,
  postgresValue,
  quotePostgresIdentifier,
  readPostgresTableFacts,
  runOnPostgres,
  type BoundTable,
  type PostgresPool,
  type TypedColumn,
} from '@rowbridge/database-access';
import {
  decodeServerRow,
  type ReadRow,
  type RowPage,
  type ServerRow,
  type SideReader,
} from './side-reader.js';
import { TableBinder } from './table-binder.js';

/** Reads the PostgreSQL side of a pair. The pool is the caller's, made by `createPostgresPool`. */
export function createPostgresSideReader(pool: PostgresPool): SideReader {
  const select = async (text: string, values: readonly unknown[]): Promise<readonly ServerRow[]> =>
    (await pool.query<(string | null)[]>({ text, values: [...values], rowMode: 'array' })).rows;
  const tables = new TableBinder(
    (names) => readPostgresTableFacts(runOnPostgres(pool), names),
    (expected, facts) => bindTable(expected, facts, quotePostgresIdentifier),
  );

  return {
    async readPage(side, columns, page) {
      const table = await tables.bind(side, columns);
      const rows = await select(...pageStatement(table, page));
      return rows.map((row) => decodeServerRow(row, 'postgres', table));
    },
    async readRows(side, columns, keys) {
      const found = new Map<RowKey, ReadRow>();
      if (keys.length === 0) return found;
      const table = await tables.bind(side, columns);
      for (const row of await select(...keysStatement(table, keys))) {
        const decoded = decodeServerRow(row, 'postgres', table);
        found.set(decoded.key, decoded);
      }
      return found;
    },
    async readTwins(entity, known, keys) {
      if (keys.length === 0) return new Map();
      const [asked, answered] = known === 'own' ? ['target_id', 'source_id'] : ['source_id', 'target_id'];
      const rows = await select(
        `select ${asked}, ${answered} from rowbridge.entity_mappings where entity = $1 and ${asked} = any ($2)`,
        [entity, keys],
      );
      return new Map(rows.map(([askedKey, answeredKey]) => [String(askedKey), String(answeredKey)]));
    },
    async readArrived({ direction, sourceTable }, keys) {
      if (keys.length === 0) return new Set();
      const rows = await select(
        `select row_key from rowbridge.row_versions
          where direction = $1 and table_name = $2 and row_key = any ($3) and not deleted`,
        [direction, sourceTable, keys],
      );
      return new Set(rows.map(([key]) => String(key)));
    },
  };
}

type Statement = [text: string, values: readonly unknown[]];

function pageStatement(table: BoundTable, page: RowPage): Statement {
  const key = keyNames(table);
  const after = page.afterKey === null ? [] : keyValues(table, page.afterKey);
  const condition = after.length === 0 ? '' : ` where (${key}) > (${placeholders(after.length, 1)})`;
  return [`${selectColumns(table)}${condition} order by ${key} limit ${page.limit}`, after];
}

function keysStatement(table: BoundTable, keys: readonly RowKey[]): Statement {
  const width = table.key.length;
  const tuples = keys.map((_key, index) => `(${placeholders(width, index * width + 1)})`).join(', ');
  return [
    `${selectColumns(table)} where (${keyNames(table)}) in (${tuples})`,
    keys.flatMap((rowKey) => keyValues(table, rowKey)),
  ];
}

function selectColumns(table: BoundTable): string {
  const selected = [...table.key, ...table.columns].map(({ name }) =>
    postgresSelection(quotePostgresIdentifier(name), columnFactsOf(table, name)),
  );
  return `select ${selected.join(', ')} from ${table.sqlName}`;
}

function keyNames(table: BoundTable): string {
  return table.key.map(({ name }) => quotePostgresIdentifier(name)).join(', ');
}

function keyValues(table: BoundTable, key: RowKey): readonly (string | null)[] {
  const names = table.key.map(({ name }) => name);
  return parseRowKey(names, key).map((value, index) =>
    postgresValue(table, table.key[index] as TypedColumn, value),
  );
}

function placeholders(count: number, first: number): string {
  return Array.from({ length: count }, (_value, index) => `$${first + index}`).join(', ');
}
