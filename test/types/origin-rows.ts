import { labelOf } from './type-column.js';
import type { TypeColumn } from './type-column.js';

/** The row whose every type is NULL. */
export const nullLabel = 'null';

/** One insert a case: each row holds one value of one type, so that a refusal is about that value alone. */
export function insertStatements(table: string, columns: readonly TypeColumn[]): readonly string[] {
  const inserts = columns.flatMap((column) =>
    column.cases.flatMap(({ literal, session }, index) => [
      ...(session ? [session.before] : []),
      `insert into ${table} (label, ${column.name}) values ('${labelOf(column, index)}', ${literal})`,
      ...(session ? [session.after] : []),
    ]),
  );
  return [`insert into ${table} (label) values ('${nullLabel}')`, ...inserts];
}
