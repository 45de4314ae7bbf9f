import { sql } from 'kysely';
import type { StoreConnection } from '../store-database.js';
import type { StoreEngine } from '../store-engine.js';
import type { DeadLetterCountRow, DeadLetterRow } from '../store-tables.js';

type CountedRow = Pick<DeadLetterRow, 'direction' | 'entity' | 'error_code' | 'status'>;

/** Gathers how a transaction changes the numbers of entries of each kind. */
export class CountChanges {
  private readonly changes = new Map<string, { readonly kind: CountedRow; letters: number }>();

  add(row: CountedRow, letters: 1 | -1): void {
    const { direction, entity, error_code, status } = row;
    const name = JSON.stringify([direction, entity, error_code, status]);
    const change = this.changes.get(name);
    if (change) change.letters += letters;
    else this.changes.set(name, { kind: { direction, entity, error_code, status }, letters });
  }

  /** In one order, so that two processes never wait for each other. */
  async write(transaction: StoreConnection, engine: StoreEngine): Promise<void> {
    const changed = [...this.changes]
      .filter(([, { letters }]) => letters !== 0)
      .sort(([first], [second]) => (first < second ? -1 : 1));
    for (const [, { kind, letters }] of changed) {
      await addLetters(transaction, engine, { ...kind, letters });
    }
  }
}

async function addLetters(
  transaction: StoreConnection,
  engine: StoreEngine,
  row: DeadLetterCountRow,
): Promise<void> {
  const insert = transaction.insertInto('dead_letter_counts').values(row);
  const sum = sql<number>`${sql.ref('dead_letter_counts.letters')} + ${row.letters}`;
  await (
    engine === 'mysql'
      ? insert.onDuplicateKeyUpdate({ letters: sum })
      : insert.onConflict((clash) =>
          clash.columns(['direction', 'entity', 'error_code', 'status']).doUpdateSet({ letters: sum }),
        )
  ).execute();
}
