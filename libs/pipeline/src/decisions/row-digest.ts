import { hash } from 'node:crypto';
import type { RowImage } from '@rowbridge/change-event';

/**
 * 32 hexadecimal digits that stand for the given columns of a row. Both directions compute it over the same table, so
 * writer and reader of a stamp agree. Absent columns count as absent, not as null.
 */
export function rowDigest(columns: readonly string[], image: RowImage): string {
  const cells = inOrder(columns).map((column) => [column, column in image ? image[column] : false]);
  return hash('sha256', JSON.stringify(cells), 'hex').slice(0, 32);
}

/** A batch asks for one list thousands of times. */
const ordered = new WeakMap<readonly string[], readonly string[]>();

function inOrder(columns: readonly string[]): readonly string[] {
  const known = ordered.get(columns);
  if (known) return known;
  const sorted = [...columns].sort();
  ordered.set(columns, sorted);
  return sorted;
}
