import type { AppliedOffsets } from './target-administration.js';

/** Read by both engines alike; the parameter is the direction. */
export const appliedOffsetColumns =
  'topic, partition_number, next_offset, high_water_position, high_water_committed_at_ms, fingerprint';

/** @param rows server text in the order of {@link appliedOffsetColumns} */
export function appliedOffsetsFrom(rows: readonly (readonly (string | null)[])[]): AppliedOffsets {
  return new Map(
    rows.map(([topic, partition, nextOffset, position, committedAtMs, fingerprint]) => [
      `${topic as string}/${partition as string}`,
      {
        nextOffset: BigInt(nextOffset as string),
        highWater: { position: position ?? null, committedAtMs: Number(committedAtMs) },
        fingerprint: fingerprint as string,
      },
    ]),
  );
}
