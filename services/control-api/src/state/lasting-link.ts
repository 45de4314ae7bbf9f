import type { Logger } from '@rowbridge/observability';
import { dependencyProblem } from '../http/request-problem.js';

export interface LastingLinkOptions<Value> {
  /** As in a problem's `dependency`: `kafka`, `store` … */
  readonly dependency: string;
  readonly open: () => Promise<Value>;
  readonly close: (value: Value) => Promise<void>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Waits between attempts; tests inject their own. */
  readonly wait?: (milliseconds: number, stopped: AbortSignal) => Promise<void>;
}

const firstWaitMs = 250;
const longestWaitMs = 5_000;

/**
 * Something outside that must be opened before use and may not be there yet: opened in the background, tried again
 * until it works. Meanwhile whoever needs it is told so, and all else goes on.
 */
export class LastingLink<Value> {
  private readonly stopping = new AbortController();
  private readonly opened: ((value: Value) => void)[] = [];
  private value: Value | null = null;
  private lastFailure: unknown = new Error('it is being opened');
  private opening: Promise<void> = Promise.resolve();

  constructor(private readonly options: LastingLinkOptions<Value>) {}

  start(): void {
    this.opening = this.open();
  }

  get isOpen(): boolean {
    return this.value !== null;
  }

  /** @throws RequestProblem 503 that names what is missing and why */
  require(): Value {
    if (this.value === null) throw dependencyProblem(this.options.dependency, this.lastFailure);
    return this.value;
  }

  /** Called once, when it is open; at once where it is. */
  whenOpen(take: (value: Value) => void): void {
    if (this.value === null) this.opened.push(take);
    else take(this.value);
  }

  /** Closes what is open and opens it anew, in the background; what is being opened is left to that. */
  reopen(): void {
    const { value } = this;
    if (value === null || this.stopping.signal.aborted) return;
    this.value = null;
    this.lastFailure = new Error('it is being opened anew');
    const { close, logger, dependency } = this.options;
    this.opening = close(value)
      .catch((failure: unknown) =>
        logger.warn({ err: failure, operation: 'close', dependency }, `${dependency} was not closed well`),
      )
      .then(() => this.open());
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.opening;
    const { value } = this;
    this.value = null;
    this.lastFailure = new Error('it is being closed');
    if (value !== null) await this.options.close(value);
  }

  private async open(): Promise<void> {
    const { open, logger, dependency, wait = waitFor } = this.options;
    for (
      let waitMs = firstWaitMs;
      !this.stopping.signal.aborted;
      waitMs = Math.min(longestWaitMs, waitMs * 2)
    ) {
      try {
        const value = await open();
        this.value = value;
        logger.info({ operation: 'open', dependency }, `${dependency} is open`);
        for (const take of this.opened.splice(0)) take(value);
        return;
      } catch (failure) {
        this.lastFailure = failure;
        logger.warn({ err: failure, operation: 'open', dependency }, `${dependency} cannot be opened yet`);
        await wait(waitMs, this.stopping.signal);
      }
    }
  }
}

function waitFor(milliseconds: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopped.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    stopped.addEventListener('abort', end, { once: true });
  });
}
