import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Longest wait. */
  deadlineMs: number;
  /** What is awaited, for the message: `the row to arrive in revamp_users`. */
  what: string;
  /** Pause between two looks; 25 unless told. */
  intervalMs?: number;
}

/**
 * Looks again and again until the condition holds, in place of a sleep. A condition that throws does not hold yet.
 * @returns the condition's first value that is neither false, null nor undefined
 * @throws Error naming what was awaited, and the condition's last own error, when the deadline passes
 */
export async function waitFor<Value>(
  condition: () => Value | Promise<Value>,
  options: WaitOptions,
): Promise<Exclude<Value, false | null | undefined>> {
  const deadline = performance.now() + options.deadlineMs;
  for (;;) {
    let lastFailure: unknown;
    try {
      const value = await condition();
      if (isPresent(value)) return value;
    } catch (failure) {
      lastFailure = failure;
    }
    if (performance.now() >= deadline) {
      const reason = lastFailure instanceof Error ? `: ${lastFailure.message}` : '';
      throw new Error(`waited ${options.deadlineMs} ms in vain for ${options.what}${reason}`, {
        cause: lastFailure,
      });
    }
    await delay(options.intervalMs ?? 25);
  }
}

function isPresent<Value>(value: Value): value is Exclude<Value, false | null | undefined> {
  return value !== false && value !== null && value !== undefined;
}
