import { createHash, randomBytes } from 'node:crypto';
import type { Caller } from './caller.js';

export interface StreamTicket {
  readonly ticket: string;
  readonly expiresAtMs: number;
}

/** How long a ticket waits to be used, milliseconds. */
const validMs = 30_000;
const mostOutstanding = 10_000;

/**
 * Tickets with which a browser opens one event stream, since it can set no header there. Each is good once and for
 * half a minute, so one that ends up in a log is worth nothing.
 */
export class StreamTickets {
  private readonly outstanding = new Map<string, { readonly caller: Caller; readonly expiresAtMs: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  issue(caller: Caller): StreamTicket {
    this.forgetExpired();
    const ticket = randomBytes(32).toString('base64url');
    const expiresAtMs = this.now() + validMs;
    this.outstanding.set(digestOf(ticket), { caller, expiresAtMs });
    return { ticket, expiresAtMs };
  }

  /** Who the ticket was given to; null when it is none, has been used, or is too old. */
  redeem(ticket: string): Caller | null {
    const digest = digestOf(ticket);
    const entry = this.outstanding.get(digest);
    this.outstanding.delete(digest);
    return entry && entry.expiresAtMs > this.now() ? entry.caller : null;
  }

  /** They lie in the order in which they expire. */
  private forgetExpired(): void {
    for (const [digest, { expiresAtMs }] of this.outstanding) {
      if (expiresAtMs > this.now() && this.outstanding.size < mostOutstanding) return;
      this.outstanding.delete(digest);
    }
  }
}

/** Looked up by digest: how far a guess agrees with a ticket shows in no time it takes. */
function digestOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('hex');
}
