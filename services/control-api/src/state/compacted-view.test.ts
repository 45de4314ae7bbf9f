import * as zod from 'zod';
import { CompactedView } from './compacted-view.js';

const record = (key: string | null, value: unknown): { key: Buffer | null; value: Buffer | null } => ({
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});

describe('the view of a compacted topic', () => {
  let unreadable: string[];
  let view: CompactedView<{ paused: boolean }>;

  beforeEach(() => {
    unreadable = [];
    view = new CompactedView(zod.object({ paused: zod.boolean() }), (key) => void unreadable.push(key));
  });

  it('holds the latest value of each key, and none where the latest is a tombstone', () => {
    view.take(record('users', { paused: true }));
    view.take(record('posts', { paused: true }));
    view.take(record('users', { paused: false }));
    view.take(record('posts', null));
    view.take(record('likes', null));
    expect([...view.entries]).toEqual([['users', { paused: false }]]);
  });

  it.each([
    ['no JSON', '{'],
    ['of another form', { paused: 'perhaps' }],
    ['empty', ''],
  ])('keeps what held where a record is %s, and says of which key', (_what, value) => {
    view.take(record('users', { paused: true }));
    view.take(record('users', value));
    view.take(record(null, value));
    expect([...view.entries]).toEqual([['users', { paused: true }]]);
    expect(unreadable).toEqual(['users', '']);
  });

  describe('waited on', () => {
    const isPaused = (): boolean => view.entries.get('users')?.paused === true;

    beforeEach(() => void jest.useFakeTimers());
    afterEach(() => void jest.useRealTimers());

    it('says at once that a condition holds already', async () => {
      view.take(record('users', { paused: true }));
      expect(await view.until(isPaused, 1_000)).toBe(true);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('says so with the record that makes it hold, and leaves no timer', async () => {
      const held = view.until(isPaused, 1_000);
      view.take(record('users', { paused: false }));
      expect(jest.getTimerCount()).toBe(1);
      view.take(record('users', { paused: true }));
      expect(await held).toBe(true);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('does not look again once it has answered', async () => {
      const condition = jest.fn(isPaused);
      const held = view.until(condition, 1_000);
      view.take(record('users', { paused: true }));
      await held;
      const looks = condition.mock.calls.length;
      view.take(record('posts', { paused: true }));
      expect(condition).toHaveBeenCalledTimes(looks);
    });

    it('says no when the time is over, whatever comes later', async () => {
      const held = view.until(isPaused, 1_000);
      jest.advanceTimersByTime(999);
      expect(jest.getTimerCount()).toBe(1);
      jest.advanceTimersByTime(1);
      view.take(record('users', { paused: true }));
      expect(await held).toBe(false);
    });
  });
});
