import { untilReached } from './passed-by-all.js';

describe('what a reset waits for', () => {
  it('is looked at until it is there, and each step it comes nearer is told', async () => {
    const places = [1, 1, 2, 2, 3];
    let [pauses, steps] = [0, 0];
    await untilReached(
      async () => places.shift() ?? 0,
      (place) => place === 3,
      {
        pause: async () => void (pauses += 1),
        onProgress: () => void (steps += 1),
      },
    );
    expect([pauses, steps, places]).toEqual([4, 2, []]);
  });

  it('is not waited for once the work is given up', async () => {
    const look = async (): Promise<number> => 1;
    const ports = { pause: () => Promise.reject(new Error('given up')), onProgress: () => undefined };
    await expect(untilReached(look, () => false, ports)).rejects.toThrow('given up');
  });
});
