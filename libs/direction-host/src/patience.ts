const firstDelayMs = 5;
const longestDelayMs = 80;

/**
 * How long each partition waits at one offset for rows of other tables before their dependants are listed for second
 * looks. A partition that moves on starts afresh.
 */
export class Patience {
  private readonly waits = new Map<string, { offset: bigint | null; spentMs: number; delayMs: number }>();

  /** @param budgetMs what a partition may wait at one offset in all; asked anew each time */
  constructor(private readonly budgetMs: () => number) {}

  /** Whether the partition may still wait at this offset. */
  lasts(partition: string, offset: bigint | null): boolean {
    const wait = this.waits.get(partition);
    return wait?.offset === offset ? wait.spentMs < this.budgetMs() : this.budgetMs() > 0;
  }

  /** Spends the next delay, doubling up to 80 ms, and answers it in milliseconds. */
  take(partition: string, offset: bigint | null): number {
    const known = this.waits.get(partition);
    const wait = known?.offset === offset ? known : { offset, spentMs: 0, delayMs: firstDelayMs };
    const delayMs = Math.min(wait.delayMs, Math.max(0, this.budgetMs() - wait.spentMs));
    this.waits.set(partition, {
      offset,
      spentMs: wait.spentMs + delayMs,
      delayMs: Math.min(wait.delayMs * 2, longestDelayMs),
    });
    return delayMs;
  }
}
