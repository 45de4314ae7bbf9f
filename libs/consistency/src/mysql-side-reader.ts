import type { RowKey } from '@rowbridge/change-event';
import {
  bindTable,
  boundKey,
  columnFactsOf,
  keyPredicate,
  mysqlSelection,
  quoteMysqlIdentifier,
  readMysqlServer,
  readMysqlTableFacts,
  runOnMysql,
  type BoundTable,
  type MysqlPool,
} from '@rowbridge/database-access';
import {
  decodeServerRow,
  type ReadRow,
  type RowPage,
  type ServerRow,
  type SideReader,
} from './side-reader.js';
import { TableBinder } from './table-binder.js';

/** Reads the MySQL or MariaDB side of a pair. The pool is the caller's, made by `createMysqlPool`. */
export function createMysqlSideReader(pool: MysqlPool): SideReader {
  const run = runOnMysql(pool);
  const select = async (text: string, values: readonly unknown[]): Promise<readonly ServerRow[]> =>
    (await run({ text, values, operation: 'compare_sides' })).rows;
  const tables = new TableBinder(
    async (names) => readMysqlTableFacts(run, await readMysqlServer(run), names),
    (expected, facts) => bindTable(expected, facts, quoteMysqlIdentifier),
  );

  return {
    async readPage(side, columns, page) {
      const table = await tables.bind(side, columns);
      const rows = await select(...pageStatement(table, page));
      return rows.map((row) => decodeServerRow(row, 'mysql', table));
    },
    async readRows(side, columns, keys) {
      const found = new Map<RowKey, ReadRow>();
      if (keys.length === 0) return found;
      const table = await tables.bind(side, columns);
      const wanted = keyPredicate(table, keys);
      for (const row of await select(`${selectColumns(table)} where ${wanted.text}`, wanted.values)) {
        const decoded = decodeServerRow(row, 'mysql', table);
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
    async readArrived({ direction, sourceTable }, keys) {
      if (keys.length === 0) return new Set();
      const rows = await select(
        `select row_key from rowbridge.row_versions
          where direction = ? and table_name = ? and row_key in (?) and not deleted`,
        [direction, sourceTable, [...keys]],
      );
      return new Set(rows.map(([key]) => String(key)));
    },
  };
}

type Statement = [sql: string, values: readonly unknown[]];

function pageStatement(table: BoundTable, page: RowPage): Statement {
  const places = table.key.map((column) => keyPlace(table, column));
  const order = places.map(({ ordered }) => ordered).join(', ');
  const after = page.afterKey === null ? [] : boundKey(table, page.afterKey);
  const condition =
    after.length === 0 ? '' : ` where (${order}) > (${places.map(({ bound }) => bound).join(', ')})`;
  return [`${selectColumns(table)}${condition} order by ${order} limit ${page.limit}`, after];
}

/**
 * A key column as it is ordered and compared with a bound value: by one thing, or pages leave rows out. The servers order
 * labels by their place in the declaration but compare them as text, and MySQL compares times within rows as text.
 */
function keyPlace(
  table: BoundTable,
  { name, type }: BoundTable['key'][number],
): { readonly ordered: string; readonly bound: string } {
  const sqlName = quoteMysqlIdentifier(name);
  const { limits } = columnFactsOf(table, name);
  if (limits.labels !== null || limits.listedLabels !== null)
    return { ordered: `cast(${sqlName} as char)`, bound: '?' };
  return { ordered: sqlName, bound: type === 'time' ? 'cast(? as time(6))' : '?' };
}

function selectColumns(table: BoundTable): string {
  const selected = [...table.key, ...table.columns].map(({ name }) =>
    mysqlSelection(quoteMysqlIdentifier(name), columnFactsOf(table, name)),
  );
  return `select ${selected.join(', ')} from ${table.sqlName}`;
}
