import type { StoreDatabase } from '../store-database.js';
import type { DeadLetterRow } from '../store-tables.js';
import { CountChanges } from './dead-letter-counts.js';
import type { DeadLetterStatus, Settlement } from './dead-letter-index.js';
import { readRowsBy, replaceRow } from './letter-rows.js';

/** Settles in one transaction; see DeadLetterIndex.settle. */
export function settleLetters(
  database: StoreDatabase,
  settlements: readonly Settlement[],
  expected: readonly DeadLetterStatus[],
): Promise<readonly string[]> {
  return database.transact('settling dead letters', async (transaction) => {
    const wanted = new Map(settlements.map((settlement) => [settlement.id, settlement]));
    const values = [...wanted.keys()].sort();
    const rows = await readRowsBy(transaction, { column: 'id', values, lockFor: database.engine });
    const settled = rows.filter(
      (row) => expected.includes(row.status as DeadLetterStatus) && isDue(row, wanted.get(row.id)),
    );
    const counts = new CountChanges();
    for (const row of settled) {
      const settlement = wanted.get(row.id);
      if (!settlement) continue;
      const after = settledRow(row, settlement);
      counts.add(row, -1);
      counts.add(after, 1);
      await replaceRow(transaction, after);
    }
    await counts.write(transaction, database.engine);
    return settled.map(({ id }) => id);
  });
}

function isDue({ settled_at_ms: settledAtMs }: DeadLetterRow, settlement: Settlement | undefined): boolean {
  if (settlement === undefined) return false;
  return !settlement.onlyIfLater || settledAtMs === null || settlement.settledAtMs > settledAtMs;
}

/** What a settlement does not say stays as it was. */
function settledRow(row: DeadLetterRow, settlement: Settlement): DeadLetterRow {
  const { status, settledAtMs, settledBy, outcome, reason, requestId, fault } = settlement;
  return {
    ...row,
    status,
    settled_at_ms: settledAtMs,
    ...(settledBy === undefined ? {} : { settled_by: settledBy }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(reason === undefined ? {} : { reason }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(fault === undefined
      ? {}
      : {
          error_code: fault.code,
          message: fault.message,
          attempts: row.attempts + 1,
          last_failed_at_ms: settledAtMs,
        }),
  };
}
