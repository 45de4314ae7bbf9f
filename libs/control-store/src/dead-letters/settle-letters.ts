import type { StoreConnection, StoreDatabase } from '../store-database.js';
import type { DeadLetterRow } from '../store-tables.js';
import { CountChanges } from './dead-letter-counts.js';
import type { DeadLetterStatus, Settlement } from './dead-letter-index.js';
import { attemptsAfter } from './dead-letter-row.js';
import { readRowsBy } from './letter-rows.js';

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
    const changes = new LikeChanges();
    for (const row of settled) {
      const settlement = wanted.get(row.id);
      if (!settlement) continue;
      const change = changeOf(row, settlement);
      counts.add(row, -1);
      counts.add({ ...row, ...change }, 1);
      changes.add(row.id, change);
    }
    await changes.write(transaction);
    await counts.write(transaction, database.engine);
    return settled.map(({ id }) => id);
  });
}

/** News of a time before the event failed tell of another letter: of a queue that was deleted and created again. */
function isDue(row: DeadLetterRow, settlement: Settlement | undefined): boolean {
  if (settlement === undefined) return false;
  const { onlyIfLater, settledAtMs } = settlement;
  if (!onlyIfLater) return true;
  return (
    settledAtMs >= row.last_failed_at_ms && (row.settled_at_ms === null || settledAtMs > row.settled_at_ms)
  );
}

type RowChange = Partial<Omit<DeadLetterRow, 'id'>>;

/** Entries that change alike are changed by one statement. */
class LikeChanges {
  private readonly idsByChange = new Map<string, { readonly change: RowChange; readonly ids: string[] }>();

  add(id: string, change: RowChange): void {
    const name = JSON.stringify(change);
    const alike = this.idsByChange.get(name);
    if (alike) alike.ids.push(id);
    else this.idsByChange.set(name, { change, ids: [id] });
  }

  async write(transaction: StoreConnection): Promise<void> {
    for (const { change, ids } of this.idsByChange.values()) {
      await transaction.updateTable('dead_letters').set(change).where('id', 'in', ids).execute();
    }
  }
}

/** What a settlement does not say stays as it was. */
function changeOf(row: DeadLetterRow, settlement: Settlement): RowChange {
  const { status, settledAtMs, settledBy, outcome, reason, requestId, fault } = settlement;
  return {
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
          attempts: attemptsAfter(row, 1),
          last_failed_at_ms: settledAtMs,
        }),
  };
}
