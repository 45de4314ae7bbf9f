import { controlTopics, type ReplayReply } from '@rowbridge/control-protocol';
import type { RecordProducer } from '@rowbridge/kafka';
import type { Logger } from '@rowbridge/observability';
import type { Clock } from '@rowbridge/pipeline';

export interface ReplySinkOptions {
  readonly producer: RecordProducer;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

const retryDelayMs = 1_000;

/**
 * Answers replays on `rowbridge.replies`, trying again until the broker has the answers.
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
    for (;;) {
      try {
        await producer.send(controlTopics.replies, records);
        return;
      } catch {
        logger.warn({ operation: 'replay', replies: answers.length }, 'Replays cannot be answered yet');
        await clock.sleep(retryDelayMs);
      }
    }
  };
}
