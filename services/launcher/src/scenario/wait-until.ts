/** What was expected did not come in time. The message says what, where and for how long; it holds no values. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
}

export interface Expectation {
  /** Continues "waited for …": `the user registered at legacy to appear at revamp`. */
  readonly what: string;
  readonly deadlineMs: number;
  /** When the deadline began, by `performance.now()`, where this is one wait of several that share it. Default now. */
  readonly startedAt?: number;
  /** Ends the wait early. */
  readonly abortSignal?: AbortSignal | undefined;
}

const firstPauseMs = 10;
const longestPauseMs = 100;

/**
 * Asks again and again until the probe answers something other than undefined or false.
 * @throws ExpectationError when it has not by the deadline; whatever the probe throws; the abort signal's reason
 */
export async function waitUntil<Answer>(
  expectation: Expectation,
  probe: () => Promise<Answer | undefined | false>,
): Promise<Answer> {
  const { startedAt = performance.now() } = expectation;
  let pauseMs = firstPauseMs;
  for (;;) {
    expectation.abortSignal?.throwIfAborted();
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() - startedAt > expectation.deadlineMs) throw waitedInVain(expectation);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(longestPauseMs, pauseMs * 1.5);
  }
}

/** What a wait ends with at its deadline. */
export function waitedInVain({ what, deadlineMs }: Expectation): ExpectationError {
  return new ExpectationError(`waited ${(deadlineMs / 1_000).toFixed(0)} s in vain for ${what}`);
}
