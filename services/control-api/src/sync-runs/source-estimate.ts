import {
  quoteMysqlIdentifier,
  quotePostgresIdentifier,
  runOnMysql,
  runOnPostgres,
  type DatabaseConnection,
} from '@rowbridge/database-access';
import type { TableSide } from '@rowbridge/mapping';

/** Rows are counted up to here; beyond it the server's own estimate is good enough and costs nothing. */
export const countedRows = 1_000_000;

/**
 * About how many rows a table has, or how many meet a condition: exact up to a million.
 * @param condition SQL of {@link keyFilterSql}, or null for all rows
 * @throws RowbridgeError for whatever the server raises
 */
export async function estimateRows(
  database: DatabaseConnection,
  side: TableSide,
  condition: string | null,
): Promise<number> {
  const select = selectOn(database);
  const quote = database.family === 'postgres' ? quotePostgresIdentifier : quoteMysqlIdentifier;
  const table = `${quote(side.schema)}.${quote(side.table)}`;
  const where = condition === null ? '' : ` where ${condition}`;
  const counted = await select(
    `select count(*) from (select 1 as present from ${table}${where} limit ${countedRows + 1}) as counted`,
  );
  if (counted <= countedRows) return counted;
  return Math.max(counted, await statisticsOf(database, side));
}

type SelectNumber = (text: string, values?: readonly string[]) => Promise<number>;

function selectOn(database: DatabaseConnection): SelectNumber {
  if (database.family === 'postgres') {
    const run = runOnPostgres(database.client);
    return async (text, values = []) => {
      const { rows } = await run({ text, values, operation: 'estimate_rows' });
      return Number(rows[0]?.[0] ?? 0);
    };
  }
  const run = runOnMysql(database.client);
  return async (text, values = []) => {
    const { rows } = await run({ text, values, operation: 'estimate_rows' });
    return Number(rows[0]?.[0] ?? 0);
  };
}

function statisticsOf(database: DatabaseConnection, side: TableSide): Promise<number> {
  if (database.family === 'postgres') return plannedRows(database.client, side);
  return selectOn(database)(
    'select table_rows from information_schema.tables where table_schema = ? and table_name = ?',
    [side.schema, side.table],
  );
}

/** The planner goes by the table's size as it is: statistics may be as old as the table was empty. */
async function plannedRows(
  client: Parameters<typeof runOnPostgres>[0],
  { schema, table }: TableSide,
): Promise<number> {
  const name = `${quotePostgresIdentifier(schema)}.${quotePostgresIdentifier(table)}`;
  const text = `explain (format json) select 1 from ${name}`;
  const { rows } = await runOnPostgres(client)({ text, operation: 'estimate_rows' });
  const plans = readPlans(rows[0]?.[0]);
  return Math.round(plans[0]?.Plan['Plan Rows'] ?? 0);
}

type Plans = readonly { readonly Plan: { readonly 'Plan Rows': number } }[];

function readPlans(document: unknown): Plans {
  return (typeof document === 'string' ? JSON.parse(document) : document) as Plans;
}
