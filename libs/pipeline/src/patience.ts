const longestDelayMs = 80;

/**
 * How long one batch may wait for rows of other tables that are probably just behind it: a parent that another
 * partition carries, children that are about to be deleted. Waiting a moment spares a second look, which takes seconds.
 */
export class Patience {
  private delayMs = 5;

  /** @param remainingMs what the batch may wait in all */
  constructor(private remainingMs: number) {}

  /** The next delay in milliseconds, doubling up to 80; null when the batch has waited long enough. */
  take(): number | null {
    if (this.remainingMs <= 0) return null;
    const delayMs = Math.min(this.delayMs, this.remainingMs);
    this.remainingMs -= delayMs;
    this.delayMs = Math.min(this.delayMs * 2, longestDelayMs);
    return delayMs;
  }
}

/** Ends an attempt whose batch should wait `delayMs` and be tried again. */
export class RelativesAwaited extends Error {
  constructor(readonly delayMs: number) {
    super('rows of other tables are probably on their way');
    this.name = 'RelativesAwaited';
  }
}
