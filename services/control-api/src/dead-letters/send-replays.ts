import type { RawRecord } from '@rowbridge/change-event';
import { replayRecordHeaders, replayTopic } from '@rowbridge/control-protocol';
import type { ReplayCandidate } from '@rowbridge/control-store';
import { RowbridgeError } from '@rowbridge/errors';
import type { KafkaConnection, OutgoingRecord, RecordReader } from '@rowbridge/kafka';
import type { ReplayRun } from './replay-run.js';

export interface SendingOptions {
  readonly kafka: Pick<KafkaConnection, 'producer'>;
  readonly reader: RecordReader;
  /** Directions there are; letters of others cannot be taken by anybody. */
  readonly directions: ReadonlySet<string>;
  /** Most records a second. */
  readonly ratePerSecond: number;
  /** Values in place of those in the topic, by dead letter. */
  readonly editedValues?: ReadonlyMap<string, Uint8Array>;
  /** Resolves when it is remembered how many are on their way; called before each write. */
  readonly noted: () => Promise<void>;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** A second is spread over so many writes. */
const writesPerSecond = 10;
const mostPerWrite = 500;

/**
 * Puts dead letters on the topics of their directions in the order given, no faster than asked. Letters that cannot be
 * sent are refused in the run; the others go on.
 * @throws RowbridgeError `kafka_unreachable`, `topic_missing`, `control_store_unavailable`
 */
export async function sendReplays(
  run: ReplayRun,
  pages: AsyncIterable<readonly ReplayCandidate[]>,
  options: SendingOptions,
): Promise<void> {
  const perWrite = Math.min(mostPerWrite, Math.max(1, Math.floor(options.ratePerSecond / writesPerSecond)));
  const startedAtMs = options.now();
  let written = 0;
  for await (const page of pages) {
    run.select(page.length);
    for (let start = 0; start < page.length; start += perWrite) {
      if (run.stopping.signal.aborted) return;
      const letters = page.slice(start, start + perWrite);
      const dueMs = startedAtMs + (written / options.ratePerSecond) * 1_000;
      await options.wait(Math.max(0, dueMs - options.now()));
      await sendLetters(run, letters, options);
      written += letters.length;
    }
  }
}

async function sendLetters(
  run: ReplayRun,
  letters: readonly ReplayCandidate[],
  options: SendingOptions,
): Promise<void> {
  const records = await options.reader.read(
    letters.map(({ queue }) => ({ partition: queue.partition, offset: BigInt(queue.offset) })),
  );
  const byDirection = new Map<string, { candidate: ReplayCandidate; outgoing: OutgoingRecord }[]>();
  letters.forEach((candidate, index) => {
    const outgoing = prepare({ run, candidate, letter: records[index] ?? null }, options);
    if (outgoing === null) return;
    const sending = byDirection.get(candidate.direction) ?? [];
    sending.push({ candidate, outgoing });
    byDirection.set(candidate.direction, sending);
  });
  for (const sending of byDirection.values()) run.noteSending(sending.map(({ candidate }) => candidate));
  await options.noted();
  for (const [direction, sending] of byDirection) {
    await write(run, { topic: replayTopic(direction), sending }, options);
  }
}

interface Writing {
  readonly topic: string;
  readonly sending: readonly { readonly candidate: ReplayCandidate; readonly outgoing: OutgoingRecord }[];
}

/** One record that is too large must not hold up the others: what is refused together is tried by halves. */
async function write(run: ReplayRun, { topic, sending }: Writing, options: SendingOptions): Promise<void> {
  try {
    await options.kafka.producer.send(
      topic,
      sending.map(({ outgoing }) => outgoing),
    );
  } catch (error) {
    if (!(error instanceof RowbridgeError) || error.code !== 'record_too_large') throw error;
    const [only] = sending;
    if (only && sending.length === 1) {
      run.refuse(only.candidate, { code: error.code, message: error.message });
      return;
    }
    const half = Math.ceil(sending.length / 2);
    await write(run, { topic, sending: sending.slice(0, half) }, options);
    await write(run, { topic, sending: sending.slice(half) }, options);
  }
}

interface Preparation {
  readonly run: ReplayRun;
  readonly candidate: ReplayCandidate;
  readonly letter: RawRecord | null;
}

/** The record as its direction first met it, with what the replay adds; null where it was refused. */
function prepare({ run, candidate, letter }: Preparation, options: SendingOptions): OutgoingRecord | null {
  if (!options.directions.has(candidate.direction)) {
    const message = `No direction is called ${candidate.direction}.`;
    run.refuse(candidate, { code: 'table_not_mapped', message });
    return null;
  }
  if (letter === null) {
    const { partition, offset } = candidate.queue;
    const message = `The dead letter topic holds no record at ${partition}-${offset} any more.`;
    run.refuse(candidate, { code: 'dead_letter_gone', message });
    return null;
  }
  const value = options.editedValues?.get(candidate.id) ?? letter.value;
  if (value === null && candidate.source.offset >= 0) {
    const message = 'Its value was not kept, so there is nothing to replay.';
    run.refuse(candidate, { code: 'dead_letter_without_body', message });
    return null;
  }
  const { id, source } = candidate;
  const replay = { requestId: run.requestId, deadLetterId: id, dryRun: run.dryRun, source };
  return { key: letter.key, value, headers: replayRecordHeaders(letter.headers, replay) };
}
