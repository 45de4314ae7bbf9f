import type { ChangeEvent, DecodedRecord, RawRecord, RowKey, SourcePosition } from '@rowbridge/change-event';
import type { RecordOutcome } from '@rowbridge/errors';
import type { LookReason } from './ports.js';

/** A verdict reached outside the transaction, which the next attempt of the batch honours. */
export type Ruling =
  | { readonly kind: 'dead_lettered'; readonly errorCode: string }
  | { readonly kind: 'deferred'; readonly reason: LookReason; readonly blocked: boolean }
  /** Judge this change on its own, not as the end of a chain. */
  | { readonly kind: 'alone' };

/** One record on its way. Everything but `ruling` is made anew for each attempt. */
export interface BatchEntry {
  readonly decoded: DecodedRecord;
  /** The record as it was consumed, which the fence follows: the decoded one, but for a replayed record. */
  readonly carrier: RawRecord;
  ruling: Ruling | null;
}

/** Whether the record was brought again by a topic of replays. Its place says nothing of that topic's partition. */
export function isReplayed({ decoded, carrier }: BatchEntry): boolean {
  return carrier !== decoded.record;
}

/** A change that has passed the claims and guards and is to be compared. */
export interface Candidate {
  readonly entry: BatchEntry;
  readonly event: ChangeEvent;
  readonly breaksChain: boolean;
  /** The key's row had been deleted at the source before this change: what it was before does not count. */
  readonly afterDeletion: boolean;
  /** Where its key stood before the batch. */
  readonly key: RowKey;
}

/** What an attempt has decided so far; thrown away with its transaction. */
export class BatchProgress {
  readonly outcomeOf = new Map<BatchEntry, RecordOutcome>();
  readonly versions = new Map<RowKey, VersionInProgress>();
  readonly looks = new Map<RowKey, { reason: LookReason; blocked: boolean; targetDigest: string | null }>();
  /** Sync writes the log origin filter should have stopped. */
  leaks = 0;

  settle(entry: BatchEntry, outcome: RecordOutcome): void {
    this.outcomeOf.set(entry, outcome);
  }

  /** Defers an entry's key; the first reason stays, a doubtful one outweighs a blocked one. */
  defer(
    entry: BatchEntry,
    key: RowKey,
    look: { reason: LookReason; blocked: boolean; targetDigest: string | null },
  ): void {
    this.settle(entry, 'deferred');
    const listed = this.looks.get(key);
    const tellsMore =
      listed?.reason === 'key_changed' && look.reason === 'key_changed' && look.targetDigest !== null;
    if (!listed || (listed.blocked && (!look.blocked || tellsMore))) this.looks.set(key, look);
  }
}

/** A key's row version as the batch's events move it on. */
export interface VersionInProgress {
  position: SourcePosition | null;
  spentStamp: SourcePosition | null;
  deleted: boolean;
  readonly generation: number;
  touched: boolean;
}
