import { nameOf } from './partition-waits.js';
import type { PartitionName } from './record-consumer.js';

export interface CommittedOffset extends PartitionName {
  /** Offset of the next record to read. */
  readonly nextOffset: bigint;
}

/** How long an offset may be known to the target alone: the group's offsets serve monitoring and a first guess. */
const flushAfterMs = 200;

/**
 * Gathers what is to be committed to the group and sends it for all partitions at once: a request for every batch would
 * keep the next fetch waiting for the broker to write the last one down.
 */
export class OffsetCommits {
  private readonly waiting = new Map<string, CommittedOffset>();
  private timer: NodeJS.Timeout | undefined;

  /** @param send may reject: whatever ends a membership is met again by the next heartbeat */
  constructor(private readonly send: (offsets: readonly CommittedOffset[]) => Promise<void>) {}

  note(offset: CommittedOffset): void {
    this.waiting.set(nameOf(offset), offset);
    this.timer ??= setTimeout(() => void this.flush(), flushAfterMs);
  }

  /** Sends what waits now. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const offsets = [...this.waiting.values()];
    this.waiting.clear();
    if (offsets.length === 0) return;
    await this.send(offsets).catch(() => undefined);
  }

  /** Forgets what waits for other partitions: they are another consumer's now, whose commits are newer. */
  keep(assigned: readonly PartitionName[]): void {
    const names = new Set(assigned.map(nameOf));
    for (const name of this.waiting.keys()) if (!names.has(name)) this.waiting.delete(name);
  }
}
