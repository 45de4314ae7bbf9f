import type { MetricSample } from './metrics-text.js';

/** Totals by series at one moment. */
export type CounterSnapshot = ReadonlyMap<string, CountedSeries>;

export interface CountedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly total: number;
}

/**
 * Counters of a service over its restarts: a value below the last one seen began at zero again. What a killed process
 * counted after its last answer is not known.
 */
export class CounterHistory {
  private readonly series = new Map<string, CountedSeries & { last: number }>();

  observe(samples: readonly MetricSample[]): void {
    for (const { name, labels, value } of samples) {
      const id = seriesId(name, labels);
      const known = this.series.get(id);
      const gained = known === undefined || value < known.last ? value : value - known.last;
      this.series.set(id, { name, labels, last: value, total: (known?.total ?? 0) + gained });
    }
  }

  snapshot(): CounterSnapshot {
    return new Map(this.series);
  }
}

/** What was counted between two snapshots. */
export function countedSince(earlier: CounterSnapshot, later: CounterSnapshot): readonly CountedSeries[] {
  return [...later].map(([id, { name, labels, total }]) => ({
    name,
    labels,
    total: total - (earlier.get(id)?.total ?? 0),
  }));
}

function seriesId(name: string, labels: Readonly<Record<string, string>>): string {
  return JSON.stringify([name, Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1))]);
}
