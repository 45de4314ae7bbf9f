import { recordFingerprint, type RawRecord } from '@rowbridge/change-event';

/** First offset the broker still holds, and one past the last. */
export interface OffsetRange {
  readonly low: bigint;
  readonly high: bigint;
}

export interface AlignmentQuestion {
  /** What the target expects next; null before the first record. */
  readonly nextOffset: bigint | null;
  /** Fingerprint the target keeps of the record at `nextOffset - 1`, until it has been compared once; then null. */
  readonly unverifiedFingerprint: string | null;
  readonly range: OffsetRange;
  /** The offset the fetch asked for, and what it brought. */
  readonly fetchOffset: bigint;
  readonly records: readonly RawRecord[];
}

export type Alignment =
  | { readonly kind: 'process'; readonly records: readonly RawRecord[] }
  | { readonly kind: 'seek'; readonly offset: bigint }
  | { readonly kind: 'halt'; readonly errorCode: 'topic_recreated' | 'offset_out_of_range' };

/**
 * Decides from the target's offset, which counts, what a fetched batch is worth. Kafka's own offsets may be lost, ahead
 * of a target restored from a backup, or those of a topic that was deleted and made anew; none of that may skip a
 * record (I1).
 */
export function alignOffsets(question: AlignmentQuestion): Alignment {
  const { nextOffset, range, fetchOffset, records } = question;
  if (nextOffset === null) {
    return fetchOffset === range.low ? { kind: 'process', records } : { kind: 'seek', offset: range.low };
  }
  if (range.high < nextOffset) return { kind: 'halt', errorCode: 'topic_recreated' };
  if (range.low > nextOffset) return { kind: 'halt', errorCode: 'offset_out_of_range' };
  const mustVerify = question.unverifiedFingerprint !== null && nextOffset > range.low;
  if (mustVerify) {
    if (fetchOffset !== nextOffset - 1n) return { kind: 'seek', offset: nextOffset - 1n };
    const previous = records.find((record) => record.offset === nextOffset - 1n);
    if (previous && recordFingerprint(previous) !== question.unverifiedFingerprint) {
      return { kind: 'halt', errorCode: 'topic_recreated' };
    }
  } else if (fetchOffset > nextOffset) {
    return { kind: 'seek', offset: nextOffset };
  }
  return { kind: 'process', records: records.filter((record) => record.offset >= nextOffset) };
}
