import { replayAnswerSchema } from '@rowbridge/control-protocol';
import { CommandError } from '../command-error.js';
import type { Invocation } from '../invocation.js';
import { selectionOf, type FilterOptions } from './dead-letter-filter.js';
import { followReplay, printReplay } from './follow-replay.js';
import { askApiOrKafka, type KafkaOptions } from './kafka-fallback.js';
import { replayQueued } from './queue-commands.js';

export interface ReplayOptions extends FilterOptions, KafkaOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly rate?: number;
  readonly dryRun?: boolean;
}

/** Replays dead letters and waits for what became of each. */
export async function replayDeadLetters(
  invocation: Invocation,
  options: ReplayOptions,
  ids: readonly string[],
): Promise<void> {
  const selection = selectionOf(ids, options);
  const isAll = 'all' in selection;
  if (isAll && options.yes !== true && options.dryRun !== true) {
    throw new CommandError('--all replays every open dead letter: add --yes, or try --dry-run first', 2);
  }
  await askApiOrKafka(invocation, options, {
    api: () => replayIndexed(invocation, selection, options),
    kafka: (source) => replayQueued(invocation, { ids, options }, source),
  });
}

async function replayIndexed(
  invocation: Invocation,
  selection: ReturnType<typeof selectionOf>,
  options: ReplayOptions,
): Promise<void> {
  const { content } = await invocation.api.ask(replayAnswerSchema, {
    method: 'POST',
    path: '/api/v1/dlq/replay',
    query: { dryRun: options.dryRun },
    body: {
      ...selection,
      ratePerSecond: options.rate,
      ...('all' in selection && options.yes === true && { confirm: 'all' }),
    },
  });
  printReplay(invocation, await followReplay(invocation, content));
}
