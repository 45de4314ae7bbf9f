import { setTimeout as delay } from 'node:timers/promises';

export interface PollOptions {
  deadlineMs: number;
  intervalMs?: number;
  abortSignal?: AbortSignal | undefined;
}

/** Asks until the answer is true. @returns false when the deadline passed or the wait was aborted. */
export async function poll(
  condition: () => boolean | Promise<boolean>,
  options: PollOptions,
): Promise<boolean> {
  const deadline = performance.now() + options.deadlineMs;
  for (;;) {
    if (await condition()) return true;
    if (options.abortSignal?.aborted === true || performance.now() >= deadline) return false;
    await delay(options.intervalMs ?? 50);
  }
}
