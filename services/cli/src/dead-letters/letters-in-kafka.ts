import {
  controlTopics,
  readLetterHeaders,
  replayRecordHeaders,
  replayReplySchema,
  replayTopic,
  type LetterHeaders,
  type ReplayReply,
} from '@rowbridge/control-protocol';
import { RowbridgeError } from '@rowbridge/errors';
import { connectKafka, type KafkaConnection } from '@rowbridge/kafka';
import { CommandError } from '../command-error.js';

/** The dead letter topic without the control API: no index, so every record is read, and nothing is ever marked settled. */
export interface KafkaSource {
  readonly brokers: readonly string[];
  readonly topic: string;
}

/** A dead letter as it lies in its topic. */
export interface QueuedLetter {
  /** `<partition>-<offset>`, as the control API names it. */
  readonly id: string;
  readonly told: LetterHeaders;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly { readonly name: string; readonly value: Uint8Array }[];
}

const silent = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
};
const answerTimeoutMs = 60_000;

/** Runs work on a connection of its own. */
export async function overKafka<Result>(
  { brokers }: KafkaSource,
  work: (kafka: KafkaConnection) => Promise<Result>,
): Promise<Result> {
  const kafka = await connectKafka({ brokers, clientId: 'rowbridge-cli', logger: silent });
  try {
    return await work(kafka);
  } finally {
    await kafka.close();
  }
}

/** Every record of the dead letter topic, in no order of importance; the last of an event stands for all. */
export async function readQueue(
  kafka: KafkaConnection,
  { topic }: KafkaSource,
): Promise<readonly QueuedLetter[]> {
  const letters = new Map<string, QueuedLetter>();
  const follower = await kafka.follow({
    topics: [topic],
    from: 'beginning',
    onRecord: ({ partition, offset, key, value, headers }) => {
      const told = readLetterHeaders(headers);
      const id = `${partition}-${offset}`;
      letters.set(told.eventId ?? id, { id, told, key, value, headers });
    },
    onCrash: () => undefined,
  });
  await follower.stop();
  return [...letters.values()];
}

/** What became of one letter: a service's answer, or why it was not sent. */
export type QueueReply = Pick<ReplayReply, 'deadLetterId' | 'outcome' | 'fault'>;

/**
 * Puts letters on their directions' replay topics, each key in source order, and waits for what the services answer.
 * Letters that cannot be sent are answered for at once; the others go on.
 * @throws CommandError exit 3 where a service does not answer in time
 */
export async function replayOverKafka(
  kafka: KafkaConnection,
  letters: readonly QueuedLetter[],
  { requestId, dryRun }: { readonly requestId: string; readonly dryRun: boolean },
): Promise<readonly QueueReply[]> {
  if (letters.length === 0) return [];
  const replies = new Map<string, QueueReply>();
  let complete: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (complete = resolve));
  const take = (reply: QueueReply): void => {
    replies.set(reply.deadLetterId, reply);
    if (replies.size === letters.length) complete();
  };
  const follower = await kafka.follow({
    topics: [controlTopics.replies],
    from: 'end',
    onRecord: ({ value }) => {
      const reply = replyOf(value);
      if (reply?.requestId === requestId) take(reply);
    },
    onCrash: () => undefined,
  });
  try {
    for (const letter of inSourceOrder(letters)) {
      const fault = await send(kafka, letter, { requestId, dryRun });
      if (fault) take({ deadLetterId: letter.id, outcome: null, fault });
    }
    await withDeadline(answered, () => `${replies.size} of ${letters.length}`);
    return [...replies.values()];
  } finally {
    await follower.stop();
  }
}

/** @returns why it was not sent; null where it was */
async function send(
  kafka: KafkaConnection,
  { id, told, key, value, headers }: QueuedLetter,
  replay: { readonly requestId: string; readonly dryRun: boolean },
): Promise<QueueReply['fault']> {
  const { direction, source } = told;
  if (direction === null || source === null) {
    return { code: 'table_not_mapped', message: 'It does not say its direction and its source.' };
  }
  if (value === null && source.offset >= 0) {
    return {
      code: 'dead_letter_without_body',
      message: 'Its value was not kept, so there is nothing to replay.',
    };
  }
  const added = replayRecordHeaders(headers, { ...replay, deadLetterId: id, source });
  try {
    await kafka.producer.send(replayTopic(direction), [{ key, value, headers: added }]);
    return null;
  } catch (error) {
    if (!(error instanceof RowbridgeError) || !refusesOne.has(error.code)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** Faults of one record, or of its direction: the other letters may be sent. */
const refusesOne: ReadonlySet<string> = new Set(['record_too_large', 'topic_missing']);

function inSourceOrder(letters: readonly QueuedLetter[]): readonly QueuedLetter[] {
  return [...letters].sort(
    (first, second) =>
      (first.told.source?.partition ?? 0) - (second.told.source?.partition ?? 0) ||
      (first.told.source?.offset ?? 0) - (second.told.source?.offset ?? 0),
  );
}

function replyOf(value: Uint8Array | null): ReplayReply | null {
  try {
    return replayReplySchema.parse(JSON.parse(Buffer.from(value ?? '').toString()));
  } catch {
    return null;
  }
}

async function withDeadline(work: Promise<void>, progress: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new CommandError(
            `only ${progress()} were answered within ${answerTimeoutMs / 1_000} s: does the direction's service run?`,
            3,
          ),
        ),
      answerTimeoutMs,
    );
  });
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
