import { setTimeout as delay } from 'node:timers/promises';

export interface Persistence {
  readonly abortSignal: AbortSignal;
  /** Told of each failure; giving the work up is left to the signal. */
  readonly onFailure: (failure: unknown) => void;
  /** Pause before another attempt. */
  readonly retryMs: number;
}

/** Does the work again until it succeeds. @throws the signal's reason once aborted */
export async function untilDone<Answer>(
  work: () => Promise<Answer>,
  { abortSignal, onFailure, retryMs }: Persistence,
): Promise<Answer> {
  for (;;) {
    abortSignal.throwIfAborted();
    try {
      return await work();
    } catch (failure) {
      abortSignal.throwIfAborted();
      onFailure(failure);
      await delay(retryMs, undefined, { signal: abortSignal });
    }
  }
}
