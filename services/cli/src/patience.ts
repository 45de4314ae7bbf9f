import { setTimeout as delay } from 'node:timers/promises';
import { CommandError } from './command-error.js';

const pauseMs = 500;

/** How long the control API may be away; a restart takes seconds. */
const patienceMs = 60_000;

export interface Clock {
  /** Milliseconds that never go back. */
  nowMs(): number;
  pause(durationMs: number): Promise<unknown>;
}

const systemClock: Clock = { nowMs: () => performance.now(), pause: (durationMs) => delay(durationMs) };

/** Bears with a control API that goes away while a command watches what goes on without the watcher. */
export class Patience {
  private awaySinceMs: number | null = null;

  /** @param goesOn what goes on, and how to look at it later; a sentence */
  constructor(
    private readonly goesOn: string,
    private readonly clock: Clock = systemClock,
  ) {}

  /** The control API answered. */
  renew(): void {
    this.awaySinceMs = null;
  }

  /**
   * Waits a moment before the next attempt.
   * @throws the failure at once where another attempt would meet it again, else when the API has been away for a minute
   */
  async bear(failure: unknown): Promise<void> {
    if (!(failure instanceof CommandError) || failure.exitCode !== 3) throw failure;
    this.awaySinceMs ??= this.clock.nowMs();
    if (this.clock.nowMs() - this.awaySinceMs >= patienceMs) {
      throw new CommandError(`${failure.message} ${this.goesOn}`, 3, failure.code);
    }
    await this.clock.pause(pauseMs);
  }
}
