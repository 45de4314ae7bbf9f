const longestPatienceMs = 600_000;

/** What is seen of a connector at one moment. */
export interface ConnectorSight {
  /** Equal marks mean that nothing moved in between. */
  readonly mark: string;
  /** Whether its log goes on beyond what it has committed. */
  readonly behind: boolean;
  /** How long it may stand still before the first alarm. */
  readonly patienceMs: number;
  readonly nowMs: number;
}

/**
 * Tells when something that should move has stood still for too long while there was something to read: for its
 * patience, doubled after each alarm that moved nothing, at most ten minutes.
 */
export class StallDetector {
  private mark: string | null = null;
  /** Null while it cannot be seen. */
  private sinceMs: number | null = null;
  private alarms = 0;

  /** Whether to raise the alarm now. */
  observe({ mark, behind, patienceMs, nowMs }: ConnectorSight): boolean {
    if (mark !== this.mark) {
      this.alarms = 0;
      this.mark = mark;
      this.sinceMs = nowMs;
      return false;
    }
    this.sinceMs ??= nowMs;
    const patience = Math.min(patienceMs * 2 ** this.alarms, longestPatienceMs);
    if (!behind || nowMs - this.sinceMs < patience) return false;
    this.sinceMs = nowMs;
    this.alarms += 1;
    return true;
  }

  /** It cannot be seen for a while: the time it stood still is counted anew, the alarms that moved nothing are not. */
  reset(): void {
    this.sinceMs = null;
  }
}
