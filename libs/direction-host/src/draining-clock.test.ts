import { createDrainingClock } from './draining-clock.js';

describe('the clock of a direction', () => {
  it('ends a sleep at once, with a fault, when the direction drains', async () => {
    const draining = new AbortController();
    const sleep = createDrainingClock(draining.signal).sleep(60_000);
    draining.abort();
    await expect(sleep).rejects.toMatchObject({ code: 'shutting_down', disposition: 'pause_partition' });
  });

  it('sleeps otherwise', async () => {
    await expect(createDrainingClock(new AbortController().signal).sleep(1)).resolves.toBeUndefined();
  });
});
