/** The partition whose fence was lost. */
export interface LostFence {
  readonly topic: string;
  readonly partition: number;
  /** Next offset this consumer believed to be recorded; null when it believed there was none. */
  readonly expected: bigint | null;
}

/**
 * The recorded offset of a partition is not the one this consumer last wrote: another consumer owns the partition
 * now. Nothing of the batch may be written; the consumer leaves the partition and joins the group again. It is no
 * fault of anybody and has therefore no row in the error table.
 */
export class FenceLostError extends Error {
  override readonly name = 'FenceLostError';
  readonly fence: LostFence;

  constructor(fence: LostFence) {
    super(
      `Another consumer has moved ${fence.topic} partition ${fence.partition} on from offset ` +
        `${fence.expected ?? 'none'}: this one gives the partition up and joins again.`,
    );
    this.fence = fence;
  }
}
