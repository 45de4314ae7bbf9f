import type { ReplayLog } from '@rowbridge/control-store';
import type { ReplayRun } from './replay-run.js';

/** Writes one run into the store, one write after the other: an older one never comes to lie over a newer. */
export class ReplayRecorder {
  private writing: Promise<void> = Promise.resolve();
  private keptRefusals = 0;

  constructor(
    private readonly run: ReplayRun,
    private readonly log: () => ReplayLog,
  ) {}

  /** Resolves when the store holds the counts, and the letters that could not be sent. */
  keep(): Promise<void> {
    return this.then(async () => {
      const refusals = this.run.refusals.slice();
      const areNew = refusals.length > this.keptRefusals;
      await this.log().put(this.run.stored(), areNew ? refusals : undefined);
      this.keptRefusals = refusals.length;
    });
  }

  /** Resolves when the store holds how the run ended and all its results. */
  file(): Promise<void> {
    return this.then(() => this.log().put(this.run.stored(), this.run.results));
  }

  /** Resolves when the next process may take the run up at once. */
  abandon(): Promise<void> {
    return this.then(async () => {
      await this.log().put(this.run.stored());
      await this.log().abandon(this.run.requestId);
    });
  }

  private then(write: () => Promise<void>): Promise<void> {
    const written = this.writing.catch(() => undefined).then(write);
    this.writing = written;
    return written;
  }
}
