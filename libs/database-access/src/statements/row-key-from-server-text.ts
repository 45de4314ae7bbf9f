import { canonicalFromServerText, formatRowKey, type RowKey } from '@rowbridge/change-event';
import type { EngineFamily } from '@rowbridge/mapping';
import type { BoundTable } from './bound-table.js';

/**
 * The key of a row from its key columns as the server answers them, in the order of the table's key.
 * @throws RowbridgeError as `canonicalFromServerText` does
 */
export function rowKeyFromServerText(
  table: BoundTable,
  serverTexts: readonly (string | Buffer | null)[],
  engineFamily: EngineFamily,
): RowKey {
  const values = table.key.map(
    ({ name, type }, index) =>
      [name, canonicalFromServerText(type, engineFamily, serverTexts[index] ?? null)] as const,
  );
  return formatRowKey(
    values.map(([name]) => name),
    Object.fromEntries(values),
  );
}
