import { RowbridgeError } from '@rowbridge/errors';
import type { RunDirection } from './run-direction.js';
import type { RunPorts } from './run-ports.js';
import type { SyncedSystem } from './synced-system.js';

export interface ResetWorkOptions {
  readonly system: SyncedSystem;
  readonly directions: readonly RunDirection[];
  readonly ports: Pick<RunPorts, 'reconcileDeletes' | 'logger'>;
  readonly abortSignal: AbortSignal;
  /** Told that it has come a step further. */
  readonly onProgress: () => void;
}

/** How a reset ended: with an error, or null for well. */
export type ResetOutcome = RowbridgeError | null;

/**
 * A run's reset, which goes on beside the run's steps: direction after direction has its deletes reconciled. What fails
 * on the way is done again; whoever watches gives it up, by the signal, when it stands still.
 */
export class ResetWork {
  /** Resolves when nothing of it goes on any more. */
  readonly ended: Promise<ResetOutcome>;
  readonly #options: ResetWorkOptions;
  #outcome: ResetOutcome | undefined;
  #failure: RowbridgeError | null = null;

  constructor(options: ResetWorkOptions) {
    this.#options = options;
    this.ended = this.#carryOut().then((outcome) => (this.#outcome = outcome));
  }

  /** Undefined while it goes on. */
  get outcome(): ResetOutcome | undefined {
    return this.#outcome;
  }

  /** What it has met since it last came a step further, where that has a name. */
  get failure(): RowbridgeError | null {
    return this.#failure;
  }

  async #carryOut(): Promise<ResetOutcome> {
    const { system, directions, ports, abortSignal } = this.#options;
    try {
      for (const direction of directions) {
        await ports.reconcileDeletes({
          system,
          direction: direction.name,
          entities: direction.details.tables.map(({ entity }) => entity),
          abortSignal,
          onCount: (entity, counted) => {
            direction.countReset(entity, counted);
            this.#progress();
          },
          onProgress: () => this.#progress(),
          onFailure: (entity, failure) => this.#note({ direction: direction.name, entity }, failure),
        });
      }
      return null;
    } catch (error) {
      if (error instanceof RowbridgeError) return error;
      return new RowbridgeError('internal_error', 'the deletes could not be reconciled', { cause: error });
    }
  }

  #progress(): void {
    this.#failure = null;
    this.#options.onProgress();
  }

  #note(place: { readonly direction: string; readonly entity: string }, failure: unknown): void {
    this.#failure = failure instanceof RowbridgeError ? failure : null;
    this.#options.ports.logger.warn(
      { ...place, err: failure, operation: 'sync_reset' },
      'Deletes could not be reconciled and are tried again',
    );
  }
}
