import { messageOf } from '../launch-error.js';

/** Ends something that was opened. */
export type Closer = () => Promise<void>;

/** What has been opened, and ends in the opposite order. */
export class Closers {
  private readonly opened: Closer[] = [];
  private closing: Promise<void> | undefined;

  add(close: Closer): void {
    this.opened.push(close);
  }

  /**
   * Closes everything, what was opened last first; one that fails keeps no other from being closed. Safe to call twice.
   * @throws what failed, once all has been tried: the failure itself, or an AggregateError of several
   */
  closeAll(): Promise<void> {
    this.closing ??= this.closeEach();
    return this.closing;
  }

  private async closeEach(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.opened.reverse()) {
      try {
        await close();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, failures.map(messageOf).join('; '));
  }
}
