import { createHash } from 'node:crypto';
import type { RowImage } from '@rowbridge/change-event';

/**
 * 32 hexadecimal digits that stand for the given columns of a row. Both directions compute it over the same table, so
 * writer and reader of a stamp agree. Absent columns count as absent, not as null.
 */
export function rowDigest(columns: readonly string[], image: RowImage): string {
  const cells = [...columns].sort().map((column) => [column, column in image ? image[column] : false]);
  return createHash('sha256').update(JSON.stringify(cells)).digest('hex').slice(0, 32);
}
