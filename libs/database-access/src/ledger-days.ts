const dayMs = 86_400_000;

/** One day of the ledger: the ids whose time prefix lies in it. */
export interface LedgerDay {
  /** `YYYYMMDD`, UTC. */
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
}

export function ledgerDay(name: string): LedgerDay {
  const startMs = Date.UTC(Number(name.slice(0, 4)), Number(name.slice(4, 6)) - 1, Number(name.slice(6, 8)));
  return { name, startMs, endMs: startMs + dayMs };
}

function ledgerDayAt(timeMs: number): LedgerDay {
  return ledgerDay(new Date(timeMs).toISOString().slice(0, 10).replaceAll('-', ''));
}

/** The smallest event id of a moment: 48 bits of milliseconds, then zeros. Hexadecimal without hyphens. */
export function firstEventIdOf(timeMs: number): string {
  return timeMs.toString(16).padStart(12, '0').padEnd(32, '0');
}

export interface LedgerWork {
  readonly add: readonly LedgerDay[];
  /** Days whose every id is older than the retention. */
  readonly drop: readonly LedgerDay[];
}

const daysAhead = 3;

/**
 * What the ledger needs so that the days of the retention and the coming ones have partitions of their own. Days are
 * only added after the newest there is: what came before it lies elsewhere already.
 */
export function planLedgerDays(
  existing: readonly LedgerDay[],
  { nowMs, retentionHours }: { readonly nowMs: number; readonly retentionHours: number },
): LedgerWork {
  const cutoffMs = nowMs - retentionHours * 3_600_000;
  const newestMs = Math.max(...existing.map(({ startMs }) => startMs));
  const add: LedgerDay[] = [];
  for (
    let day = existing.length > 0 ? ledgerDayAt(newestMs + dayMs) : ledgerDayAt(cutoffMs);
    day.startMs <= nowMs + daysAhead * dayMs;
    day = ledgerDayAt(day.endMs)
  ) {
    if (day.endMs > cutoffMs) add.push(day);
  }
  return { add, drop: existing.filter(({ endMs }) => endMs <= cutoffMs) };
}
