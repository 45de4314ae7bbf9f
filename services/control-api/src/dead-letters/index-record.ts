import { createHash } from 'node:crypto';
import type { RawRecord } from '@rowbridge/change-event';
import type { IndexedRecord } from '@rowbridge/control-store';
import type { DirectionPlan } from '@rowbridge/mapping';
import type { LetterDecoder } from './letter-decoder.js';
import { readLetterHeaders, type LetterHeaders } from '@rowbridge/control-protocol';

/** Direction of records that none of ours wrote and that lie in no topic of ours. */
const unknownDirection = 'unknown';

/** Longest message kept, characters. */
export const longestMessage = 2_000;

/** What an integer column of the store holds, and the end of the year 9999. */
const largestInteger = 2_147_483_647;
const lastInstantMs = Date.UTC(10_000, 0, 1) - 1;

export interface LetterWithKey {
  readonly letter: RawRecord;
  readonly key: string | null;
}

/**
 * What the index keeps of one record of the dead letter topic: names, places and digests, nothing of the row. Anybody may
 * write there: whatever a header says becomes something that every store takes, lest the records behind it wait for ever.
 */
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
    direction: textOf(direction, 100),
    table: textOf(table?.entity ?? source.topic.split('.').at(-1) ?? source.topic, 250),
    errorCode: textOf(told.errorCode ?? 'undecodable', 64),
    stage: textOf(told.stage ?? 'decode', 64),
    eventId: told.eventId === null ? null : textOf(told.eventId, 64),
    eventKey: eventKeyOf(told, source, key),
    message: messageOf(told),
    attempts: within(told.attempts, 0, largestInteger),
    failedAtMs: within(told.failedAtMs ?? letter.timestampMs, 0, lastInstantMs),
    keyDigest: key === null ? null : digestOfKey(key),
    printableKey: table?.piiKey || key === null ? null : textOf(key, 1_000),
    source: {
      topic: textOf(source.topic, 250),
      partition: within(source.partition, 0, largestInteger),
      offset: within(source.offset, -1, Number.MAX_SAFE_INTEGER),
    },
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

/** Without an event id of ours a record is known by where it lay; a row that stands for none, by its key. */
function eventKeyOf({ eventId }: LetterHeaders, source: IndexedRecord['source'], key: string | null): string {
  if (eventId !== null && /^[!-~]{1,64}$/.test(eventId)) return eventId;
  const place =
    source.offset < 0 ? ['row', source.topic, key] : [source.topic, source.partition, source.offset];
  return createHash('sha256').update(JSON.stringify(place)).digest('hex');
}

/** Whoever else writes to the topic may quote rows. */
function messageOf({ direction, message }: LetterHeaders): string {
  if (direction === null) return 'Written by something else than a direction, whose own words are not shown.';
  return textOf(message ?? '', longestMessage);
}

/** Text as every store takes it: PostgreSQL's holds no NUL, and nobody's half a surrogate pair. */
export function textOf(told: string, mostCharacters: number): string {
  return told.slice(0, mostCharacters).replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}

function within(told: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, told));
}

function sizeOf({ key, value, headers }: RawRecord): number {
  const ofHeaders = headers.reduce((sum, header) => sum + header.name.length + header.value.length, 0);
  return (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders;
}
