import type { CountedSeries } from './counter-history.js';

/**
 * A quantile of a Prometheus histogram, all its label sets together: linear within the bucket it falls into, as
 * Prometheus itself estimates it. Beyond the last finite bucket it is that bucket's bound.
 * @param quantile between 0 and 1
 * @returns null when nothing was observed
 */
export function histogramQuantile(
  series: readonly CountedSeries[],
  histogram: string,
  quantile: number,
): number | null {
  const countByBound = new Map<number, number>();
  for (const { name, labels, total } of series) {
    if (name !== `${histogram}_bucket`) continue;
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    countByBound.set(bound, (countByBound.get(bound) ?? 0) + total);
  }
  const buckets = [...countByBound].sort(([left], [right]) => left - right);
  const observed = buckets.at(-1)?.[1] ?? 0;
  if (observed === 0) return null;
  const rank = quantile * observed;
  let [lowerBound, lowerCount] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= rank) {
      if (bound === Infinity) return lowerBound;
      const share = count === lowerCount ? 0 : (rank - lowerCount) / (count - lowerCount);
      return lowerBound + (bound - lowerBound) * share;
    }
    [lowerBound, lowerCount] = [bound, count];
  }
  return lowerBound;
}
