import { RowbridgeError } from '@rowbridge/errors';

/**
 * Keeps a transaction honest about its end: after its first failed statement, and after it has ended, no statement of
 * it reaches the server. PostgreSQL would answer the COMMIT of a failed transaction with a silent ROLLBACK, and MySQL
 * goes on outside a transaction it has rolled back for a deadlock.
 */
export class TransactionGuard {
  #failure: { readonly error: unknown } | null = null;
  #ended = false;

  /** @throws the first failure again, or RowbridgeError `internal_error` after the end */
  async statement<Outcome>(run: () => Promise<Outcome>): Promise<Outcome> {
    this.requireSound();
    if (this.#ended)
      throw new RowbridgeError('internal_error', 'a statement was sent after its transaction had ended');
    try {
      return await run();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  /** Called before COMMIT. @throws the first failure, where the work swallowed it */
  requireSound(): void {
    if (this.#failure) throw this.#failure.error;
  }

  end(): void {
    this.#ended = true;
  }
}
