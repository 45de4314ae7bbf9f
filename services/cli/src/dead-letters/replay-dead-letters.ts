import { replayAnswerSchema } from '@rowbridge/control-protocol';
import { CommandError } from '../command-error.js';
import type { Invocation } from '../invocation.js';
import { selectionOf, type FilterOptions } from './dead-letter-filter.js';
import { followReplay, printReplay, type ReplayAnswer } from './follow-replay.js';
import { isUnreachable, kafkaInstead, namedKafka, type KafkaOptions } from './kafka-fallback.js';
import type { KafkaSource } from './letters-in-kafka.js';
import { replayQueued } from './queue-commands.js';

export interface ReplayOptions extends FilterOptions, KafkaOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
  readonly evenDiscarded?: boolean;
  readonly rate?: number;
  readonly dryRun?: boolean;
}

type Selection = ReturnType<typeof selectionOf>;

/**
 * Replays dead letters and waits for what became of each. Kafka itself knows no discarded and no settled dead letters:
 * it is asked with `--kafka`, or where a request for named ones never reached the control API. A request that may have
 * reached it is not made again elsewhere.
 */
export async function replayDeadLetters(
  invocation: Invocation,
  options: ReplayOptions,
  ids: readonly string[],
): Promise<void> {
  const selection = selectionOf(ids, options);
  const named = namedKafka(options);
  if (named === null) requireIndexedConfirmed(selection, options);
  else requireQueuedConfirmed(selection, options);

  const queued = named ?? (await unlessAccepted(invocation, selection, options));
  if (queued !== null) await replayQueued(invocation, { ids, options }, queued);
}

/** @returns null once the control API has replayed; the Kafka to ask where it was never reached */
async function unlessAccepted(
  invocation: Invocation,
  selection: Selection,
  options: ReplayOptions,
): Promise<KafkaSource | null> {
  let accepted: ReplayAnswer;
  try {
    accepted = await requestReplay(invocation, selection, options);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    requireReplayableInstead(selection, options, error);
    return kafkaInstead(invocation, options, error);
  }
  printReplay(invocation, await followReplay(invocation, accepted));
  return null;
}

async function requestReplay(
  { api }: Invocation,
  selection: Selection,
  { dryRun, rate, yes }: ReplayOptions,
): Promise<ReplayAnswer> {
  const { content } = await api.ask(replayAnswerSchema, {
    method: 'POST',
    path: '/api/v1/dlq/replay',
    query: { dryRun },
    body: {
      ...selection,
      ratePerSecond: rate,
      ...('all' in selection && yes === true && { confirm: 'all' }),
    },
  });
  return content;
}

function requireIndexedConfirmed(selection: Selection, options: ReplayOptions): void {
  if (options.evenDiscarded === true) {
    throw new CommandError('--even-discarded goes with --kafka: the control API replays open ones only', 2);
  }
  if ('all' in selection && options.yes !== true && options.dryRun !== true) {
    throw new CommandError('--all replays every open dead letter: add --yes, or try --dry-run first', 2);
  }
}

function requireQueuedConfirmed(selection: Selection, options: ReplayOptions): void {
  if (options.rate !== undefined) {
    throw new CommandError('--rate is kept by the control API alone: leave it out with --kafka', 2);
  }
  const isConfirmed = options.yes === true && options.evenDiscarded === true;
  if ('ids' in selection || options.dryRun === true || isConfirmed) return;
  throw new CommandError(
    '--kafka cannot know which dead letters were discarded or are settled, and replays those too: ' +
      'name dead letters by id, try --dry-run first, or confirm it with --yes --even-discarded',
    2,
  );
}

/** @throws CommandError exit 3 where Kafka would do something other than what was asked for */
function requireReplayableInstead(
  selection: Selection,
  { rate }: ReplayOptions,
  failure: CommandError,
): void {
  if (!('ids' in selection)) {
    const why =
      'Kafka itself does not know which dead letters were discarded or are settled: name dead letters by id, or ' +
      'ask it with --kafka.';
    throw new CommandError(`${failure.message} ${why}`, 3, failure.code);
  }
  if (rate !== undefined) {
    const why = '--rate is kept by it alone: leave it out to replay over Kafka itself.';
    throw new CommandError(`${failure.message} ${why}`, 3, failure.code);
  }
}
