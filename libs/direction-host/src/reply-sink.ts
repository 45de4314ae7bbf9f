import { controlTopics, type ReplayReply } from '@rowbridge/control-protocol';
import { RowbridgeError } from '@rowbridge/errors';
import type { RecordProducer } from '@rowbridge/kafka';
import type { Logger } from '@rowbridge/observability';
import type { Clock } from '@rowbridge/pipeline';

export interface ReplySinkOptions {
  readonly producer: RecordProducer;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

const retryDelayMs = 1_000;
/** Rows wait meanwhile: a replay whose answer is lost is shown as unanswered, which its asker must bear anyway. */
const mostAttempts = 5;

/**
 * Answers replays on `rowbridge.replies`. While no broker can be reached it tries again for a few seconds; then, or where
 * the broker refuses them, the answers are given up: what was settled is settled, and a row must not wait for an answer.
 * @returns rejects with `shutting_down` when the direction drains meanwhile
 */
export function createReplySink({
  producer,
  clock,
  logger,
}: ReplySinkOptions): (answers: readonly ReplayReply[]) => Promise<void> {
  return async (answers) => {
    const records = answers.map((answer) => ({
      key: Buffer.from(answer.requestId),
      value: Buffer.from(JSON.stringify(answer)),
    }));
    for (let attempt = 1; ; attempt += 1) {
      try {
        await producer.send(controlTopics.replies, records);
        return;
      } catch (error) {
        const errorCode = error instanceof RowbridgeError ? error.code : 'internal_error';
        const line = { operation: 'replay', replies: answers.length, attempt, errorCode, err: error };
        if (errorCode !== 'kafka_unreachable' || attempt === mostAttempts) {
          logger.warn(line, 'Replays were settled and cannot be answered');
          return;
        }
        logger.warn(line, 'Replays cannot be answered yet');
        await clock.sleep(retryDelayMs);
      }
    }
  };
}
