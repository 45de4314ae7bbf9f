import { deadLetterListSchema } from '@rowbridge/control-protocol';
import type { Invocation, PageOptions } from '../invocation.js';
import { filterOf, type FilterOptions } from './dead-letter-filter.js';
import { askApiOrKafka, type KafkaOptions } from './kafka-fallback.js';
import { listQueue } from './queue-commands.js';

export interface ListOptions extends FilterOptions, KafkaOptions, PageOptions {}

/** Lists dead letters; open ones unless a status is asked for. */
export function listDeadLetters(invocation: Invocation, options: ListOptions): Promise<void> {
  return askApiOrKafka(invocation, options, {
    api: () => listIndexed(invocation, options),
    kafka: (source) => listQueue(invocation, options, source),
  });
}

async function listIndexed({ api, output }: Invocation, options: ListOptions): Promise<void> {
  const { limit, cursor } = options;
  const { content } = await api.ask(deadLetterListSchema, {
    path: '/api/v1/dlq',
    query: { status: 'open', ...filterOf(options), limit, cursor },
  });
  output.result(content, () => {
    output.table(
      ['ID', 'STATUS', 'DIRECTION', 'TABLE', 'KEY', 'ERROR', 'TIMES', 'FIRST FAILED'],
      content.items.map((letter) => [
        letter.id,
        letter.status,
        letter.direction,
        letter.table,
        letter.key,
        letter.errorCode,
        letter.occurrences,
        letter.firstFailedAt,
      ]),
      'No dead letters.',
    );
    if (content.total !== null) output.note(`${content.items.length} of ${content.total}`);
    output.nextPage(content.nextCursor);
  });
}
