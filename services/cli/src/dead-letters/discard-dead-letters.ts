import { discardAnswerSchema } from '@rowbridge/control-protocol';
import type { Invocation } from '../invocation.js';
import { selectionOf, type FilterOptions } from './dead-letter-filter.js';
import { askApiAlone } from './kafka-fallback.js';

export interface DiscardOptions extends FilterOptions {
  readonly reason: string;
  readonly dryRun?: boolean;
}

/** Some millions of dead letters are discarded before this. */
const discardTimeoutMs = 280_000;

/** Gives dead letters up. */
export async function discardDeadLetters(
  { api, output }: Invocation,
  options: DiscardOptions,
  ids: readonly string[],
): Promise<void> {
  const body = { ...selectionOf(ids, options), reason: options.reason };
  const { content } = await askApiAlone('That a dead letter is discarded is kept in its store alone.', () =>
    api.ask(discardAnswerSchema, {
      method: 'POST',
      path: '/api/v1/dlq/discard',
      query: { dryRun: options.dryRun },
      body,
      timeoutMs: discardTimeoutMs,
    }),
  );
  output.result(content, () => {
    output.line(`${content.discarded} ${content.dryRun ? 'would be' : 'were'} discarded.`);
    for (const { id, status } of content.skipped) output.line(`${id} is ${status}: left as it is.`);
  });
}
