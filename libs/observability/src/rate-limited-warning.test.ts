import { createRateLimitedWarning, type RateLimitedWarning } from './rate-limited-warning.js';

describe('a rate-limited warning', () => {
  let clock: number;
  let lines: (readonly [Record<string, unknown>, string])[];
  let warn: RateLimitedWarning;

  beforeEach(() => {
    clock = 0;
    lines = [];
    const logger = {
      warn: (fields: Record<string, unknown>, message: string) => void lines.push([fields, message]),
    };
    warn = createRateLimitedWarning({ logger: logger as never, intervalMs: 1_000, now: () => clock });
  });

  test('is written once per interval, and the next one says how many were left out', () => {
    for (const time of [0, 1, 999, 1_000]) {
      clock = time;
      warn('users duplicate', { table: 'users' }, 'Record skipped');
    }
    expect(lines).toEqual([
      [{ table: 'users' }, 'Record skipped'],
      [{ table: 'users', suppressed: 2 }, 'Record skipped'],
    ]);
  });

  test('is limited for each key by itself', () => {
    warn('users duplicate', {}, 'first kind');
    warn('posts duplicate', {}, 'second kind');
    expect(lines.map(([, message]) => message)).toEqual(['first kind', 'second kind']);
  });

  test('forgets the oldest keys rather than growing without end', () => {
    for (let number = 0; number < 1_001; number += 1) warn(`key ${number}`, {}, 'burst');
    warn('key 0', {}, 'again');
    warn('key 1000', {}, 'again');
    expect(lines).toHaveLength(1_002);
  });
});
