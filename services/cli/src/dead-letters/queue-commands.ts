import { randomUUID } from 'node:crypto';
import { CommandError } from '../command-error.js';
import type { Invocation } from '../invocation.js';
import { filterOf, type FilterOptions } from './dead-letter-filter.js';
import {
  overKafka,
  readQueue,
  replayOverKafka,
  type KafkaSource,
  type QueuedLetter,
} from './letters-in-kafka.js';

/** What the index of the control API knows and the topic alone does not. */
const onlyIndexed = ['status', 'table', 'key'] as const;

/** Tells programs that a result is Kafka's, with its own fields, where the same command may have asked the control API. */
const overKafkaMark = { askedKafka: true } as const;

/** Lists the dead letter topic itself: every record that was ever dead-lettered, settled or not. */
export async function listQueue(
  { output }: Invocation,
  options: FilterOptions & { readonly limit?: number },
  source: KafkaSource,
): Promise<void> {
  requireKnownToKafka(options);
  const letters = await overKafka(source, (kafka) => readQueue(kafka, source));
  const found = letters.filter((letter) => meets(letter, options)).sort(latestFirst);
  const shown = found.slice(0, options.limit ?? found.length).map(viewOf);
  output.result({ ...overKafkaMark, items: shown, total: found.length }, () => {
    output.table(
      ['ID', 'DIRECTION', 'SOURCE TOPIC', 'ERROR', 'FIRST FAILED', 'MESSAGE'],
      shown.map((view) => [
        view.id,
        view.direction,
        view.source?.topic,
        view.errorCode,
        view.failedAt,
        view.message,
      ]),
      'No dead letters.',
    );
    output.note(`${shown.length} of ${found.length}; without the control API settled ones are among them`);
  });
}

/** Shows what a record of the topic says of itself; its row is decoded by the control API alone. */
export async function showQueued({ output }: Invocation, id: string, source: KafkaSource): Promise<void> {
  const letter = await overKafka(source, async (kafka) => pick(await readQueue(kafka, source), [id])[0]);
  const view = letter && viewOf(letter);
  output.result({ ...overKafkaMark, ...view }, () => {
    for (const [name, value] of Object.entries(view ?? {})) {
      output.line(`${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
    }
  });
}

/** Replays records of the topic; the services answer as ever, but no index notes it. */
export async function replayQueued(
  { output }: Invocation,
  request: {
    readonly ids: readonly string[];
    readonly options: FilterOptions & { readonly dryRun?: boolean };
  },
  source: KafkaSource,
): Promise<void> {
  const { ids, options } = request;
  requireKnownToKafka(options);
  const dryRun = options.dryRun === true;
  const replies = await overKafka(source, async (kafka) => {
    const queue = await readQueue(kafka, source);
    const letters = ids.length > 0 ? pick(queue, ids) : queue.filter((letter) => meets(letter, options));
    return replayOverKafka(kafka, letters, { requestId: randomUUID(), dryRun });
  });
  output.result({ ...overKafkaMark, dryRun, results: replies }, () => {
    output.table(
      ['ID', dryRun ? 'WOULD BE' : 'OUTCOME', 'FAULT'],
      replies.map(({ deadLetterId, outcome, fault }) => [
        deadLetterId,
        outcome,
        fault && `${fault.code}: ${fault.message}`,
      ]),
      'Nothing was selected.',
    );
    if (ids.length === 0) output.note('Without the control API discarded and settled ones are among them.');
    if (dryRun) output.note('Nothing was changed.');
  });
  const failed = replies.filter(({ fault }) => fault !== null).length;
  if (!dryRun && failed > 0) throw new CommandError(`${failed} failed again`, 1);
}

function pick(queue: readonly QueuedLetter[], ids: readonly string[]): readonly QueuedLetter[] {
  return ids.map((id) => {
    const letter = queue.find((candidate) => candidate.id === id);
    if (!letter)
      throw new CommandError(`the topic holds no dead letter ${id}, or a later record of its event`, 1);
    return letter;
  });
}

/** @throws CommandError exit 2 for a condition that only the control API can judge */
function requireKnownToKafka(options: FilterOptions): void {
  const filter = filterOf(options);
  const asked = onlyIndexed.find((condition) => filter[condition] !== undefined);
  if (asked !== undefined) {
    throw new CommandError(
      `--${asked} needs the control API; without it use --direction, --error-code, --from, --until or --text`,
      2,
    );
  }
}

function meets({ told }: QueuedLetter, options: FilterOptions): boolean {
  const { direction, errorCode, from, until, text } = filterOf(options);
  const failedAtMs = told.failedAtMs ?? 0;
  return (
    (direction === undefined || told.direction === direction) &&
    (errorCode === undefined || told.errorCode === errorCode) &&
    (from === undefined || failedAtMs >= Date.parse(from)) &&
    (until === undefined || failedAtMs < Date.parse(until)) &&
    (text === undefined || (told.message ?? '').toLowerCase().includes(text.toLowerCase()))
  );
}

function latestFirst(first: QueuedLetter, second: QueuedLetter): number {
  return (second.told.failedAtMs ?? 0) - (first.told.failedAtMs ?? 0);
}

/** Names and places; nothing of the row. */
function viewOf({ id, told, value }: QueuedLetter): {
  readonly id: string;
  readonly direction: string | null;
  readonly source: QueuedLetter['told']['source'];
  readonly eventId: string | null;
  readonly errorCode: string | null;
  readonly stage: string | null;
  readonly attempts: number;
  readonly failedAt: string | null;
  readonly message: string | null;
  readonly bytes: number;
} {
  const { direction, source, eventId, errorCode, stage, attempts, failedAtMs, message } = told;
  const failedAt = failedAtMs === null ? null : new Date(failedAtMs).toISOString();
  return {
    id,
    direction,
    source,
    eventId,
    errorCode,
    stage,
    attempts,
    failedAt,
    message,
    bytes: value?.length ?? 0,
  };
}
