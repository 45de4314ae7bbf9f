import { parseRowKey } from '@rowbridge/change-event';
import type { LogicalType, RowKey } from '@rowbridge/change-event';

/** Orders keys as an index on them does (integers by value), so that all writers lock rows in one order. */
export function compareRowKeys(table: {
  readonly key: readonly { readonly name: string; readonly type: LogicalType }[];
}): (left: RowKey, right: RowKey) => number {
  const names = table.key.map(({ name }) => name);
  return (left, right) => {
    const leftValues = parseRowKey(names, left);
    const rightValues = parseRowKey(names, right);
    for (const [index, { type }] of table.key.entries()) {
      const order = compareValues(type, leftValues[index] as string, rightValues[index] as string);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compareValues(type: LogicalType, left: string, right: string): number {
  if (left === right) return 0;
  if (type === 'int64' || type === 'uint64') {
    const negative = left.startsWith('-');
    if (negative !== right.startsWith('-')) return negative ? -1 : 1;
    if (left.length !== right.length) return left.length < right.length !== negative ? -1 : 1;
    return left < right !== negative ? -1 : 1;
  }
  return left < right ? -1 : 1;
}
