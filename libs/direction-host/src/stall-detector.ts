const firstPatienceMs = 15_000;
const longestPatienceMs = 600_000;

/** What is seen of a connector at one moment. */
export interface ConnectorSight {
  /** Its committed offsets: equal marks mean that nothing was committed in between. */
  readonly mark: string;
  /** Whether its log goes on beyond what it has committed. */
  readonly behind: boolean;
  readonly nowMs: number;
}

/**
 * Tells when something that should move has stood still for too long while there was something to read: 15 s, doubled
 * after each alarm that moved nothing, at most ten minutes.
 */
export class StallDetector {
  private mark: string | null = null;
  private sinceMs = 0;
  private patienceMs = firstPatienceMs;

  /** Whether to raise the alarm now. */
  observe({ mark, behind, nowMs }: ConnectorSight): boolean {
    if (mark !== this.mark) {
      this.patienceMs = firstPatienceMs;
      this.mark = mark;
      this.sinceMs = nowMs;
      return false;
    }
    if (!behind || nowMs - this.sinceMs < this.patienceMs) return false;
    this.sinceMs = nowMs;
    this.patienceMs = Math.min(2 * this.patienceMs, longestPatienceMs);
    return true;
  }

  /** Forgets what it saw: it could not see for a while. */
  reset(): void {
    this.mark = null;
  }
}
