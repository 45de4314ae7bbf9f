import { hash } from 'node:crypto';

/** What identifies a change. Two deliveries of one change agree in all of it, two changes differ in some of it. */
export interface EventIdentity {
  readonly committedAtMs: number;
  /** Connector, source position with the transaction where known, schema, table, key, operation; for snapshot reads also the row. */
  readonly parts: readonly string[];
}

/**
 * A UUID of version 8 (RFC 9562: layout of one's own): 48 bits of commit time in milliseconds, so that ids sort and
 * partition by time, then bits of a SHA-256.
 */
export function eventIdOf({ committedAtMs, parts }: EventIdentity): string {
  const milliseconds = Math.min(Math.max(Math.floor(committedAtMs), 0), 2 ** 48 - 1);
  const time = milliseconds.toString(16).padStart(12, '0');
  // Of the parts only the key may hold U+0000, and what follows it is of few forms: no two lists join to one text.
  const digest = hash('sha256', parts.join('\0'), 'hex');
  const variant = '89ab'[Number.parseInt(digest[6] as string, 16) & 3] as string;
  return (
    `${time.slice(0, 8)}-${time.slice(8)}-8${digest.slice(0, 3)}` +
    `-${variant}${digest.slice(3, 6)}-${digest.slice(7, 19)}`
  );
}
