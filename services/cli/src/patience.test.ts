import { CommandError } from './command-error.js';
import { Patience } from './patience.js';

let nowMs: number;
let patience: Patience;
const away = new CommandError('the control API cannot be reached.', 3, 'control_api_unreachable');

beforeEach(() => {
  nowMs = 5_000;
  patience = new Patience('The run goes on.', {
    nowMs: () => nowMs,
    pause: (durationMs) => Promise.resolve((nowMs += durationMs)),
  });
});

/** @returns how long was waited, and what ended it */
async function bearUntilItThrows(): Promise<{ waitedMs: number; failure: unknown }> {
  const startedMs = nowMs;
  for (;;) {
    try {
      await patience.bear(away);
    } catch (failure) {
      return { waitedMs: nowMs - startedMs, failure };
    }
  }
}

describe('Patience', () => {
  test('gives up after a minute, and says what goes on', async () => {
    expect(await bearUntilItThrows()).toEqual({
      waitedMs: 60_000,
      failure: new CommandError('the control API cannot be reached. The run goes on.', 3),
    });
  });

  test('an answer renews it', async () => {
    await patience.bear(away);
    nowMs += 50_000;
    patience.renew();
    expect((await bearUntilItThrows()).waitedMs).toBe(60_000);
  });

  test.each([new CommandError('the token lacks the scope read', 2), new Error('no stream')])(
    'does not bear with what another attempt would meet again: %s',
    async (failure) => {
      await expect(patience.bear(failure)).rejects.toBe(failure);
    },
  );
});
