import { randomBytes } from 'node:crypto';

/** Makes ids that sort as text in the order they were made: UUID version 7 (RFC 9562, 5.7). */
export type SortableIdSource = () => string;

const counterLimit = 0x1000;

/**
 * @param now milliseconds since 1970. A clock that steps back, or more than 4,096 ids in one millisecond, borrow from
 *   the future instead of breaking the order.
 */
export function createSortableIds(now: () => number): SortableIdSource {
  let latestMs = 0;
  let counter = 0;
  return () => {
    const nowMs = Math.floor(now());
    if (nowMs > latestMs) {
      latestMs = nowMs;
      counter = 0;
    } else if (++counter === counterLimit) {
      latestMs += 1;
      counter = 0;
    }
    return format(latestMs, counter);
  };
}

function format(timeMs: number, counter: number): string {
  const time = timeMs.toString(16).padStart(12, '0');
  const random = randomBytes(8);
  random[0] = 0x80 | ((random[0] ?? 0) & 0x3f);
  const tail = random.toString('hex');
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${counter.toString(16).padStart(3, '0')}`,
    tail.slice(0, 4),
    tail.slice(4),
  ].join('-');
}
