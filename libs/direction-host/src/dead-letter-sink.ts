import { RowbridgeError } from '@rowbridge/errors';
import type { RecordHeader } from '@rowbridge/change-event';
import type { OutgoingRecord, RecordProducer } from '@rowbridge/kafka';
import type { DeadLetter, DeadLetterSink } from '@rowbridge/pipeline';

/** Version of the dead letter's own headers. */
const eventVersion = '1.0.0';

export interface DeadLetterSinkOptions {
  readonly producer: RecordProducer;
  readonly topic: string;
  readonly direction: string;
  /** Name of the connector a topic belongs to. */
  readonly connectorOf: (topic: string) => string;
  readonly now: () => number;
}

/**
 * Writes records that cannot be applied to the dead letter queue: key, value and headers as they came, with the error
 * under Kafka Connect's header names and our own. One that was acknowledged to this process is not written again.
 */
export function createDeadLetterSink(options: DeadLetterSinkOptions): DeadLetterSink {
  const acknowledged = new Set<string>();
  return {
    async send(everyLetter) {
      const letters = everyLetter.filter((letter) => !acknowledged.has(placeOf(letter) ?? ''));
      const records = letters.map((letter) => ({
        key: letter.record.key,
        value: letter.record.value,
        headers: [...letter.record.headers, ...errorHeaders(letter, options)],
      }));
      try {
        await sendWhole(options, records);
      } catch (error) {
        throw new RowbridgeError(
          'dead_letter_queue_unwritable',
          'The broker has not acknowledged a dead letter',
          {
            details: { topic: options.topic, direction: options.direction },
            cause: error,
          },
        );
      }
      for (const letter of letters) remember(acknowledged, placeOf(letter));
    },
  };
}

/** Tells that a dead letter was kept without its value, and how many bytes that had. */
const bodyOmittedHeader = 'x-sync-body-omitted';

/**
 * One letter that is larger than the queue takes must not stop the partition: letters refused together are sent by
 * halves, and the one that is too large without its value. Key, headers and place stay, so that it can be found, told
 * apart and discarded; the row is sent anew by a sync.
 */
async function sendWhole(
  { producer, topic }: Pick<DeadLetterSinkOptions, 'producer' | 'topic'>,
  records: readonly OutgoingRecord[],
): Promise<void> {
  try {
    await producer.send(topic, records);
  } catch (error) {
    const [only] = records;
    if (!isTooLarge(error) || (records.length === 1 && only?.value === null)) throw error;
    if (only && records.length === 1) {
      await producer.send(topic, [withoutBody(only)]);
      return;
    }
    const half = Math.ceil(records.length / 2);
    await sendWhole({ producer, topic }, records.slice(0, half));
    await sendWhole({ producer, topic }, records.slice(half));
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RowbridgeError && error.code === 'record_too_large';
}

function withoutBody(record: OutgoingRecord): OutgoingRecord {
  const size = Buffer.from(String(record.value?.byteLength ?? 0));
  return {
    ...record,
    value: null,
    headers: [...(record.headers ?? []), { name: bodyOmittedHeader, value: size }],
  };
}

/** Letters remembered, the latest: a batch that is tried again and again must not flood the queue with the same. */
const mostRemembered = 10_000;

function remember(places: Set<string>, place: string | null): void {
  if (place === null) return;
  places.add(place);
  if (places.size > mostRemembered) places.delete(places.values().next().value ?? '');
}

/** Null for a letter that stands for a row instead of a record. */
function placeOf({ record, errorCode }: DeadLetter): string | null {
  return record.offset < 0n ? null : `${record.topic}/${record.partition}/${record.offset}/${errorCode}`;
}

function errorHeaders(
  letter: DeadLetter,
  { direction, connectorOf, now }: DeadLetterSinkOptions,
): readonly RecordHeader[] {
  const { record } = letter;
  const headers: Record<string, string> = {
    '__connect.errors.topic': record.topic,
    '__connect.errors.partition': String(record.partition),
    '__connect.errors.offset': String(record.offset),
    '__connect.errors.connector.name': connectorOf(record.topic),
    '__connect.errors.task.id': '0',
    '__connect.errors.stage': letter.stage === 'decode' ? 'VALUE_CONVERTER' : 'TASK_PUT',
    '__connect.errors.class.name': direction,
    '__connect.errors.exception.class.name': letter.errorCode,
    '__connect.errors.exception.message': letter.message,
    '__connect.errors.exception.stacktrace': '',
    'x-sync-direction': direction,
    'x-sync-event-id': letter.eventId ?? '',
    'x-sync-event-version': eventVersion,
    'x-sync-error-code': letter.errorCode,
    'x-sync-stage': letter.stage,
    'x-sync-attempts': String(letter.attempts),
    'x-sync-first-failed-at': new Date(now()).toISOString(),
  };
  return Object.entries(headers).map(([name, value]) => ({ name, value: Buffer.from(value) }));
}
