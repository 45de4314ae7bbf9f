import { waitFor } from './wait-for.js';

describe('waiting', () => {
  test('gives back the first value that is there', async () => {
    const answers = [undefined, false, null, 'here'];
    const value = await waitFor(() => answers.shift(), {
      deadlineMs: 5_000,
      what: 'an answer',
      intervalMs: 1,
    });
    expect(value).toBe('here');
  });

  test('takes zero and the empty text for values', async () => {
    expect(await waitFor(() => 0, { deadlineMs: 0, what: 'a number' })).toBe(0);
    expect(await waitFor(() => '', { deadlineMs: 0, what: 'a text' })).toBe('');
  });

  test('looks again after a condition that threw', async () => {
    let looks = 0;
    const condition = (): boolean => {
      looks += 1;
      if (looks < 3) throw new Error('not yet');
      return true;
    };
    await waitFor(condition, { deadlineMs: 5_000, what: 'the third look', intervalMs: 1 });
    expect(looks).toBe(3);
  });

  test('says what it waited for, and the last reason, when the deadline has passed', async () => {
    const condition = (): boolean => {
      throw new Error('connection refused');
    };
    await expect(
      waitFor(condition, { deadlineMs: 5, what: 'the row to arrive', intervalMs: 1 }),
    ).rejects.toThrow('waited 5 ms in vain for the row to arrive: connection refused');
  });
});
