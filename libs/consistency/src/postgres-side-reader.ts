import { parseRowKey, type RowKey } from '@rowbridge/change-event';
import { quotePostgresIdentifier, type PostgresPool } from '@rowbridge/database-access';
import type { TableSide } from '@rowbridge/mapping';
import {
  decodeServerRow,
  type ReadColumn,
  type ReadRow,
  type RowPage,
  type ServerRow,
  type SideReader,
} from './side-reader.js';

/** Reads the PostgreSQL side of a pair. The pool is the caller's, made by `createPostgresPool`. */
export function createPostgresSideReader(pool: PostgresPool): SideReader {
  const select = async (text: string, values: readonly unknown[]): Promise<readonly ServerRow[]> =>
    (await pool.query<(string | null)[]>({ text, values: [...values], rowMode: 'array' })).rows;

  return {
    async readPage(table, columns, page) {
      const rows = await select(...pageStatement(table, columns, page));
      return rows.map((row) => decodeServerRow(row, { engineFamily: 'postgres', table, columns }));
    },
    async readRows(table, columns, keys) {
      const found = new Map<RowKey, ReadRow>();
      if (keys.length === 0) return found;
      for (const row of await select(...keysStatement(table, columns, keys))) {
        const decoded = decodeServerRow(row, { engineFamily: 'postgres', table, columns });
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
  };
}

type Statement = [text: string, values: readonly unknown[]];

function pageStatement(table: TableSide, columns: readonly ReadColumn[], page: RowPage): Statement {
  const key = table.key.map(quotePostgresIdentifier).join(', ');
  const after = page.afterKey === null ? [] : parseRowKey(table.key, page.afterKey);
  const condition = after.length === 0 ? '' : ` where (${key}) > (${placeholders(after.length, 1)})`;
  return [`${selectColumns(table, columns)}${condition} order by ${key} limit ${page.limit}`, after];
}

function keysStatement(table: TableSide, columns: readonly ReadColumn[], keys: readonly RowKey[]): Statement {
  const key = table.key.map(quotePostgresIdentifier).join(', ');
  const width = table.key.length;
  const tuples = keys.map((_key, index) => `(${placeholders(width, index * width + 1)})`).join(', ');
  return [
    `${selectColumns(table, columns)} where (${key}) in (${tuples})`,
    keys.flatMap((rowKey) => parseRowKey(table.key, rowKey)),
  ];
}

function selectColumns(table: TableSide, columns: readonly ReadColumn[]): string {
  const names = [...table.key, ...columns.map((column) => column.name)].map(quotePostgresIdentifier);
  return `select ${names.join(', ')} from ${quotePostgresIdentifier(table.schema)}.${quotePostgresIdentifier(table.table)}`;
}

function placeholders(count: number, first: number): string {
  return Array.from({ length: count }, (_value, index) => `$${first + index}`).join(', ');
}
