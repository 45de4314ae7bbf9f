import { untilDone } from './until-done.js';

describe('work that is done again until it succeeds', () => {
  it('tells of each failure and answers what the work answered at last', async () => {
    const told: unknown[] = [];
    const failures = [new Error('first'), new Error('second')];
    const [first, second] = failures;
    const answer = await untilDone(
      async () => {
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        return 'done';
      },
      { abortSignal: new AbortController().signal, onFailure: (failure) => told.push(failure), retryMs: 1 },
    );
    expect([answer, told]).toEqual(['done', [first, second]]);
  });

  it('is given up at once, while it pauses too', async () => {
    const abort = new AbortController();
    const options = {
      abortSignal: abort.signal,
      onFailure: () => void setImmediate(() => abort.abort()),
      retryMs: 3_600_000,
    };
    const aborted = expect.objectContaining({ name: 'AbortError' }) as Error;
    await expect(untilDone(() => Promise.reject(new Error('away')), options)).rejects.toEqual(aborted);
    await expect(untilDone(() => Promise.resolve('done'), options)).rejects.toEqual(aborted);
  });

  it('has not failed where it was given up', async () => {
    const abort = new AbortController();
    const told: unknown[] = [];
    const work = async (): Promise<never> => {
      abort.abort();
      throw new Error('cut off');
    };
    await expect(
      untilDone(work, {
        abortSignal: abort.signal,
        onFailure: (failure) => told.push(failure),
        retryMs: 1,
      }),
    ).rejects.not.toThrow('cut off');
    expect(told).toEqual([]);
  });
});
