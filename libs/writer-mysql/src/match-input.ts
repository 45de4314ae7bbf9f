import { columnFactsOf, quoteMysqlIdentifier } from '@rowbridge/database-access';
import type { BoundTable, TypedColumn } from '@rowbridge/database-access';

/**
 * A condition that a column of `target` equals an input, in the column's own collation, as its index compares. The type
 * of the input is stated: left to itself the server compares text with numbers as floats.
 * @param input SQL of the input
 */
export function matchInput(table: BoundTable, column: TypedColumn, input: string): string {
  const target = `target.${quoteMysqlIdentifier(column.name)}`;
  const { characterSet, collation } = columnFactsOf(table, column.name);
  if (collation !== null && characterSet !== null) {
    if (characterSet === 'utf8mb4') return `${target} = ${input} collate ${collation}`;
    const converted = `convert(${input} using ${characterSet})`;
    // A character the column's set does not know became a question mark, which is another value.
    return `${target} = ${converted} collate ${collation} and convert(${converted} using utf8mb4) = ${input}`;
  }
  return `${target} = ${castInput(column, input)}`;
}

function castInput(column: TypedColumn, input: string): string {
  switch (column.type) {
    case 'instant':
    case 'wall_clock':
      return `cast(${input} as datetime(6))`;
    case 'date':
      return `cast(${input} as date)`;
    case 'time':
      return `cast(${input} as time(6))`;
    case 'decimal':
      return `cast(${input} as decimal(65, 30))`;
    case 'float64':
      return `cast(${input} as double)`;
    case 'uint64':
      return `cast(${input} as unsigned)`;
    case 'boolean':
      return `cast(${input} as signed)`;
    default:
      return input;
  }
}
