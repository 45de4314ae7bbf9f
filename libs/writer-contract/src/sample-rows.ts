import { formatSourcePosition } from '@rowbridge/change-event';
import type { RowImage, RowKey, SourcePosition } from '@rowbridge/change-event';
import type { NewLook, RowInsert } from '@rowbridge/pipeline';
import type { ContractTarget } from './contract-harness.js';
import { people } from './contract-pair.js';

let counter = 0;

/** A number no other call of this process answered: keeps the tests of one database apart. */
export function fresh(): number {
  counter += 1;
  return counter;
}

/** A position in the source's log; later calls' positions are higher. */
export function positionAt(place: number): SourcePosition {
  return formatSourcePosition({ epoch: 1, major: BigInt(place), middle: 0n, minor: 0 });
}

/** An event id of the given moment. */
export function eventIdAt(timeMs: number): string {
  const prefix = timeMs.toString(16).padStart(12, '0');
  const rest = fresh().toString(16).padStart(12, '0');
  return `${prefix.slice(0, 8)}-${prefix.slice(8)}-7000-8000-${rest}`;
}

export function person(values: RowImage = {}): RowImage {
  const number = fresh();
  return {
    full_name: `Person ${number}`,
    email: `person${number}@example.org`,
    nickname: `nick${number}`,
    balance: '0',
    short_text: null,
    seen_at: null,
    created_at: null,
    small_number: null,
    ...values,
  };
}

/** Inserts one person and answers its key. */
export async function insertPerson(target: ContractTarget, values: RowImage = {}): Promise<RowKey> {
  const rows: RowInsert[] = [{ key: null, values: person(values), stamp: null }];
  const [key] = await target.transaction(({ rows: writer }) => writer.insert(people, rows));
  return key as RowKey;
}

/** The rows as they are now, read in a transaction of their own. */
export function readPeople(
  target: ContractTarget,
  keys: readonly RowKey[],
): Promise<ReadonlyMap<RowKey, RowImage>> {
  return target.transaction(({ rows }) => rows.readForUpdate(people, keys));
}

export function doubt(key: RowKey, values: Partial<NewLook> = {}): NewLook {
  return { key, reason: 'update_origin_differs', blocked: false, targetDigest: null, dueAtMs: 0, ...values };
}
