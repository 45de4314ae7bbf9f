import type { Logger } from 'pino';

export interface RateLimitedWarningOptions {
  readonly logger: Pick<Logger, 'warn'>;
  /** At most one line per key within this time. */
  readonly intervalMs: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Logs a warning; `key` says which lines are of one kind, such as the table and the outcome. */
export type RateLimitedWarning = (
  key: string,
  fields: Readonly<Record<string, unknown>>,
  message: string,
) => void;

const mostKeys = 1_000;

/**
 * Warnings about single records (skipped, duplicate) that a burst must not turn into a flood: one line per key and
 * interval. The next line of the key says in `suppressed` how many were left out.
 */
export function createRateLimitedWarning({
  logger,
  intervalMs,
  now = Date.now,
}: RateLimitedWarningOptions): RateLimitedWarning {
  const lastLines = new Map<string, { at: number; suppressed: number }>();
  return (key, fields, message) => {
    const last = lastLines.get(key);
    if (last && now() - last.at < intervalMs) {
      last.suppressed += 1;
      return;
    }
    logger.warn(
      { ...fields, ...(last && last.suppressed > 0 ? { suppressed: last.suppressed } : {}) },
      message,
    );
    lastLines.delete(key);
    lastLines.set(key, { at: now(), suppressed: 0 });
    if (lastLines.size > mostKeys) lastLines.delete(lastLines.keys().next().value ?? key);
  };
}
