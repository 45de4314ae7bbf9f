import { createHash } from 'node:crypto';
import type { RawRecord } from '@rowbridge/change-event';
import type { IndexedRecord } from '@rowbridge/control-store';
import type { DirectionPlan } from '@rowbridge/mapping';
import type { LetterDecoder } from './letter-decoder.js';
import { readLetterHeaders, type LetterHeaders } from '@rowbridge/control-protocol';

/** Direction of records that none of ours wrote and that lie in no topic of ours. */
const unknownDirection = 'unknown';

/** Longest message kept, characters. */
const longestMessage = 2_000;

export interface LetterWithKey {
  readonly letter: RawRecord;
  readonly key: string | null;
}

/** What the index keeps of one record of the dead letter topic: names, places and digests, nothing of the row. */
export function indexRecord(
  { letter, key }: LetterWithKey,
  plans: readonly DirectionPlan[],
  decoder: Pick<LetterDecoder, 'tableOf'>,
): IndexedRecord {
  const told = readLetterHeaders(letter.headers);
  const queue = { partition: letter.partition, offset: Number(letter.offset) };
  const source = told.source ?? { topic: letter.topic, ...queue };
  const table = decoder.tableOf(source.topic);
  const direction = told.direction ?? directionOf(source.topic, plans) ?? unknownDirection;
  return {
    direction: direction.slice(0, 100),
    table: (table?.entity ?? source.topic.split('.').at(-1) ?? source.topic).slice(0, 250),
    errorCode: (told.errorCode ?? 'undecodable').slice(0, 64),
    stage: (told.stage ?? 'decode').slice(0, 64),
    eventId: told.eventId?.slice(0, 64) ?? null,
    eventKey: eventKeyOf(told, source, key),
    message: messageOf(told),
    attempts: told.attempts,
    failedAtMs: told.failedAtMs ?? letter.timestampMs,
    keyDigest: key === null ? null : digestOfKey(key),
    printableKey: table?.piiKey || key === null ? null : printable(key).slice(0, 1_000),
    source: { ...source, topic: source.topic.slice(0, 250) },
    queue,
    sizeBytes: sizeOf(letter),
    hasBody: letter.value !== null,
    traceId: told.traceId,
  };
}

/** By which the list is asked for a key. */
export function digestOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function directionOf(topic: string, plans: readonly DirectionPlan[]): string | null {
  return plans.find(({ tables }) => tables.some((table) => table.topic === topic))?.name ?? null;
}

/** Without an event id a record is known by where it lay; a row that stands for none, by its key. */
function eventKeyOf({ eventId }: LetterHeaders, source: IndexedRecord['source'], key: string | null): string {
  if (eventId !== null && eventId.length <= 64) return eventId;
  const place =
    source.offset < 0 ? ['row', source.topic, key] : [source.topic, source.partition, source.offset];
  return createHash('sha256').update(JSON.stringify(place)).digest('hex');
}

/** Whoever else writes to the topic may quote rows. */
function messageOf({ direction, message }: LetterHeaders): string {
  if (direction === null) return 'Written by something else than a direction, whose own words are not shown.';
  return printable(message ?? '').slice(0, longestMessage);
}

/** PostgreSQL's text holds no NUL. */
function printable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD');
}

function sizeOf({ key, value, headers }: RawRecord): number {
  const ofHeaders = headers.reduce((sum, header) => sum + header.name.length + header.value.length, 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders;
}
