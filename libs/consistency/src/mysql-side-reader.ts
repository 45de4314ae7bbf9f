import { parseRowKey, type LogicalType, type RowKey } from '@rowbridge/change-event';
import { quoteMysqlIdentifier, type MysqlPool } from '@rowbridge/database-access';
import type { TableSide } from '@rowbridge/mapping';
import {
  decodeServerRow,
  type ReadColumn,
  type ReadRow,
  type RowPage,
  type ServerRow,
  type SideReader,
} from './side-reader.js';

/** Reads the MySQL or MariaDB side of a pair. The pool is the caller's, made by `createMysqlPool`. */
export function createMysqlSideReader(pool: MysqlPool): SideReader {
  const select = async (sql: string, values: readonly BoundValue[]): Promise<readonly ServerRow[]> => {
    const [rows] = await pool.query({ sql, rowsAsArray: true }, [...values]);
    return rows as unknown as readonly ServerRow[];
  };

  return {
    async readPage(table, columns, page) {
      const rows = await select(...pageStatement(table, columns, page));
      return rows.map((row) => decodeServerRow(row, { engineFamily: 'mysql', table, columns }));
    },
    async readRows(table, columns, keys) {
      const found = new Map<RowKey, ReadRow>();
      if (keys.length === 0) return found;
      for (const row of await select(...keysStatement(table, columns, keys))) {
        const decoded = decodeServerRow(row, { engineFamily: 'mysql', table, columns });
        found.set(decoded.key, decoded);
      }
      return found;
    },
    async readTwins(entity, known, keys) {
      if (keys.length === 0) return new Map();
      const [asked, answered] = known === 'own' ? ['target_id', 'source_id'] : ['source_id', 'target_id'];
      const rows = await select(
        `select ${asked}, ${answered} from rowbridge.entity_mappings where entity = ? and ${asked} in (?)`,
        [entity, [...keys]],
      );
      return new Map(rows.map(([askedKey, answeredKey]) => [String(askedKey), String(answeredKey)]));
    },
  };
}

/** A value, or the values of an `in (?)`. */
type BoundValue = string | null | string[];

type Statement = [sql: string, values: readonly BoundValue[]];

function pageStatement(table: TableSide, columns: readonly ReadColumn[], page: RowPage): Statement {
  const key = table.key.map(quoteMysqlIdentifier).join(', ');
  const after = page.afterKey === null ? [] : parseRowKey(table.key, page.afterKey);
  const condition = after.length === 0 ? '' : ` where (${key}) > (${keyPlaceholders(table)})`;
  return [`${selectColumns(table, columns)}${condition} order by ${key} limit ${page.limit}`, after];
}

function keysStatement(table: TableSide, columns: readonly ReadColumn[], keys: readonly RowKey[]): Statement {
  const key = table.key.map(quoteMysqlIdentifier).join(', ');
  const tuples = keys.map(() => `(${keyPlaceholders(table)})`).join(', ');
  return [
    `${selectColumns(table, columns)} where (${key}) in (${tuples})`,
    keys.flatMap((rowKey) => parseRowKey(table.key, rowKey)),
  ];
}

function selectColumns(table: TableSide, columns: readonly ReadColumn[]): string {
  const names = [...table.key, ...columns.map((column) => column.name)].map(quoteMysqlIdentifier);
  return `select ${names.join(', ')} from ${quoteMysqlIdentifier(table.schema)}.${quoteMysqlIdentifier(table.table)}`;
}

/** Compared with text, these servers would turn a whole number into a double and lose digits. */
function keyPlaceholders(table: TableSide): string {
  const placeholders: Partial<Record<LogicalType, string>> = {
    int64: 'cast(? as signed)',
    uint64: 'cast(? as unsigned)',
    bytes: 'unhex(?)',
  };
  return table.keyTypes.map((type) => placeholders[type] ?? '?').join(', ');
}
