import { createHash } from 'node:crypto';
import type { RawRecord } from '@rowbridge/change-event';
import type { EnteredPosition } from '@rowbridge/control-store';
import type { RecordBatch } from '@rowbridge/kafka';

/** How a batch follows on what was entered before it. */
export type BatchConnection =
  /** Everything up to its first new record was entered from this very topic. */
  | { readonly kind: 'follows' }
  /** To be told, it must be read from here on. */
  | { readonly kind: 'read_from'; readonly offset: bigint }
  /** The topic was deleted and created again: its offsets name other records than those entered. */
  | { readonly kind: 'another_topic' };

/**
 * Offsets alone do not tell one topic from another of the same name. So a batch must bring along the last record that
 * was entered, and that record must still be the same; whoever reads on behind it is sent one record back first.
 * @param sought where reading was sent last; a batch that begins behind that place shows that nothing lies there any more
 */
export function connectionOf(
  batch: Pick<RecordBatch, 'records' | 'fetchOffset' | 'highWatermark'>,
  { nextOffset, mark }: EnteredPosition,
  sought: bigint | null,
): BatchConnection {
  if (nextOffset === 0) return { kind: 'follows' };
  const lastEntered = BigInt(nextOffset) - 1n;
  if (batch.highWatermark <= lastEntered) return { kind: 'another_topic' };
  if (mark === null) return follow(batch, BigInt(nextOffset));
  if (batch.fetchOffset > lastEntered) {
    return sought === lastEntered ? { kind: 'follows' } : { kind: 'read_from', offset: lastEntered };
  }
  const found = batch.records.find(({ offset }) => offset === lastEntered);
  if (found) return markOf(found) === mark ? { kind: 'follows' } : { kind: 'another_topic' };
  return follow(batch, lastEntered);
}

/** What lies before is passed over, unless the batch reaches beyond it: then no record lies there any more. */
function follow({ records }: Pick<RecordBatch, 'records'>, from: bigint): BatchConnection {
  const last = records.at(-1);
  return last !== undefined && last.offset < from ? { kind: 'read_from', offset: from } : { kind: 'follows' };
}

/** Tells a record from every other that may come to lie at its offset. */
export function markOf({ timestampMs, key, value, headers }: RawRecord): string {
  const digest = createHash('sha256').update(String(timestampMs));
  for (const part of [key, value, ...headers.flatMap(({ name, value: text }) => [Buffer.from(name), text])]) {
    digest.update(part === null ? 'null' : `${part.length}:`).update(part ?? '');
  }
  return digest.digest('hex');
}
