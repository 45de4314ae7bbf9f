import type { LogicalValue } from '@rowbridge/change-event';
import type { BoundTable } from '@rowbridge/database-access';
import { RowbridgeError } from '@rowbridge/errors';
import type { TransactionContext } from './target-context.js';

/** A column to write: its values as text, one a row. */
export interface BoundColumn {
  readonly sqlName: string;
  readonly typeName: string;
  /** The server may store another text than it is given. */
  readonly rewrites: boolean;
  readonly values: readonly LogicalValue[];
}

/**
 * Asks the server whether it would keep every value of such columns as it is (I8): `10.0.0.1/32` would come back as
 * `10.0.0.1`, which is not what the source holds.
 * @throws RowbridgeError `out_of_range` when it would not, `unmappable_value` when a text is none of the type
 */
export async function requireKept(
  context: TransactionContext,
  table: BoundTable,
  columns: readonly BoundColumn[],
): Promise<void> {
  for (const { sqlName, typeName, values } of columns.filter(({ rewrites }) => rewrites)) {
    const { rows } = await context.run({
      text: `select 1 from unnest($1::text[]) as input(value)
        where pg_catalog.format('%s', value::${typeName}) <> value limit 1`,
      values: [values.filter((value) => value !== null)],
      operation: 'check_kept',
      table: table.label,
    });
    if (rows.length === 0) continue;
    throw new RowbridgeError(
      'out_of_range',
      `${table.label}.${sqlName} would store another text than it is given`,
      {
        details: { table: table.label, column: sqlName },
        whatToDo: 'Write the value as PostgreSQL prints it, or map the column to a text column.',
      },
    );
  }
}
