import { RowbridgeError } from '@rowbridge/errors';
import type { Logger } from '@rowbridge/observability';

const retryDelayMs = 1_000;

/**
 * Tries to reach what a service needs until `timeoutMs` have passed. Only faults of a connection are worth another try:
 * a wrong password, a missing table or a wrong configuration stay what they are.
 * @throws RowbridgeError the last fault
 */
export async function withStartRetries<Result>(
  attempt: () => Promise<Result>,
  { timeoutMs, logger, signal }: { timeoutMs: number; logger: Logger; signal: AbortSignal },
): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const mayPass =
        error instanceof RowbridgeError &&
        (error.disposition === 'pause_partition' || error.code === 'topic_missing');
      if (!mayPass || Date.now() + retryDelayMs > deadline || signal.aborted) throw error;
      logger.warn({ errorCode: error.code, operation: 'start' }, error.message);
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs));
    }
  }
}
