import { ExpectationError, waitUntil } from './wait-until.js';

describe('waiting for a condition', () => {
  test('ends with the first answer', async () => {
    const answers = [undefined, false, 'here'] as const;
    let asked = 0;
    expect(await waitUntil({ what: 'an answer', deadlineMs: 5_000 }, async () => answers[asked++])).toBe(
      'here',
    );
    expect(asked).toBe(3);
  });

  test('shares one deadline with the waits before it, and names the whole of it', async () => {
    const startedAt = performance.now() - 60_001;
    let asked = 0;
    const wait = waitUntil({ what: 'the user to appear', deadlineMs: 60_000, startedAt }, async () => {
      asked += 1;
      return undefined;
    });
    await expect(wait).rejects.toThrow(new ExpectationError('waited 60 s in vain for the user to appear'));
    expect(asked).toBe(1);
  });
});
