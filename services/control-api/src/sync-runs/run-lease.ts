import { randomUUID } from 'node:crypto';
import type { StateValue } from '@rowbridge/control-store';
import type { RunPorts } from './run-ports.js';

/** Who carries out a run, as it is kept; null for one that was let go of. */
interface StoredLease {
  readonly runId: string;
  readonly holder: string | null;
}

/** What the last look saw of a lease, and since when looks close to each other have seen the same. */
interface Look {
  readonly runId: string;
  readonly version: number;
  readonly sinceMs: number;
  readonly atMs: number;
}

/** A lease that nobody renews for so long is nobody's any more. Looks further apart than this say nothing together. */
const restMs = 10_000;
const renewalMs = 2_000;

/**
 * Says which of several processes carries out a system's run. Its version in the store rises with each sign of life and
 * is what a taker compares with, so that one process takes a run, whatever their clocks say.
 */
export class RunLease {
  readonly #key: string;
  readonly #ports: Pick<RunPorts, 'state' | 'now'>;
  readonly #holder = randomUUID();
  #held: { readonly runId: string; readonly version: number; readonly renewedAtMs: number } | null = null;
  #seen: Look | null = null;

  constructor(system: string, ports: Pick<RunPorts, 'state' | 'now'>) {
    this.#key = `sync-run-lease/${system}`;
    this.#ports = ports;
  }

  /** Takes a run that this process has created. Answers false where another took it first. */
  async begin(runId: string): Promise<boolean> {
    const stored = await this.#read();
    return leaseOf(stored)?.runId !== runId && this.#put(runId, stored);
  }

  /** Takes a run that nobody carries out. Answers false where somebody does, or may. */
  async takeOver(runId: string): Promise<boolean> {
    const stored = await this.#read();
    return this.#isFree(runId, stored) && this.#put(runId, stored);
  }

  /** Whether nobody carries the run out, as far as looks until now tell: it is to be asked every few seconds. */
  async isFree(runId: string): Promise<boolean> {
    return this.#isFree(runId, await this.#read());
  }

  /** Shows that this process lives. Answers false once another has taken the run. */
  async renew(): Promise<boolean> {
    const held = this.#held;
    if (held === null) return false;
    const { state, now } = this.#ports;
    if (Math.abs(now() - held.renewedAtMs) < renewalMs) return true;
    const content: StoredLease = { runId: held.runId, holder: this.#holder };
    const put = await state.put(this.#key, content, { expectedVersion: held.version });
    const stored = put ?? (await this.#read());
    const lease = leaseOf(stored);
    // One that was put although no answer came is still ours.
    const isOurs = lease?.runId === held.runId && lease.holder === this.#holder;
    this.#held = isOurs ? { ...held, version: stored?.version ?? 0, renewedAtMs: now() } : null;
    return isOurs;
  }

  /** Lets another process take the run at once. */
  async release(): Promise<void> {
    if (this.#held === null) return;
    const { runId, version } = this.#held;
    this.#held = null;
    const content: StoredLease = { runId, holder: null };
    await this.#ports.state.put(this.#key, content, { expectedVersion: version });
  }

  #read(): Promise<StateValue | null> {
    return this.#ports.state.get(this.#key);
  }

  async #put(runId: string, over: StateValue | null): Promise<boolean> {
    const { state, now } = this.#ports;
    const content: StoredLease = { runId, holder: this.#holder };
    const stored = await state.put(this.#key, content, { expectedVersion: over?.version ?? 0 });
    this.#seen = null;
    this.#held = stored === null ? null : { runId, version: stored.version, renewedAtMs: now() };
    return stored !== null;
  }

  #isFree(runId: string, stored: StateValue | null): boolean {
    const lease = leaseOf(stored);
    if (lease?.runId === runId && lease.holder === null) return true;
    const nowMs = this.#ports.now();
    const version = stored?.version ?? 0;
    const seen = this.#seen;
    const isSame = seen?.runId === runId && seen.version === version;
    const sinceMs = isSame && Math.abs(nowMs - seen.atMs) <= restMs ? seen.sinceMs : nowMs;
    this.#seen = { runId, version, sinceMs, atMs: nowMs };
    return nowMs - sinceMs >= restMs;
  }
}

function leaseOf(stored: StateValue | null): StoredLease | null {
  return (stored?.content ?? null) as StoredLease | null;
}
