import { replayHeaders } from './control-topics.js';

/** One header of a record. */
export interface RecordHeader {
  readonly name: string;
  readonly value: Uint8Array;
}

/** What a record of the dead letter topic says of itself in its headers. */
export interface LetterHeaders {
  readonly direction: string | null;
  readonly eventId: string | null;
  readonly errorCode: string | null;
  readonly stage: string | null;
  readonly message: string | null;
  readonly attempts: number;
  readonly failedAtMs: number | null;
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number } | null;
  readonly traceId: string | null;
}

/** Set where the value was too large for the dead letter topic: how many bytes it had. */
export const bodyOmittedHeader = 'x-sync-body-omitted';

/** Headers a dead letter carries besides those of its record: Kafka Connect's names and our own. */
export function isLetterHeader({ name }: RecordHeader): boolean {
  return name.startsWith('__connect.errors.') || name.startsWith('x-sync-');
}

/** The record's own headers, as they came. */
export function recordHeaders(headers: readonly RecordHeader[]): readonly RecordHeader[] {
  return headers.filter((header) => !isLetterHeader(header));
}

/** Reads the headers; what is missing or is not of its form is null. Of several of one name the last counts. */
export function readLetterHeaders(headers: readonly RecordHeader[]): LetterHeaders {
  const told = new Map(headers.map(({ name, value }) => [name, Buffer.from(value).toString()]));
  const text = (name: string): string | null => told.get(name) || null;
  const whole = (name: string): number | null => {
    const number = Number(text(name) ?? Number.NaN);
    return Number.isSafeInteger(number) ? number : null;
  };
  const failedAtMs = Date.parse(text('x-sync-first-failed-at') ?? '');
  const topic = text('__connect.errors.topic');
  const partition = whole('__connect.errors.partition');
  const offset = whole('__connect.errors.offset');
  const source =
    topic === null || partition === null || offset === null ? null : { topic, partition, offset };
  return {
    direction: text('x-sync-direction'),
    eventId: text('x-sync-event-id'),
    errorCode: text('x-sync-error-code'),
    stage: text('x-sync-stage'),
    message: text('__connect.errors.exception.message'),
    attempts: whole('x-sync-attempts') ?? 1,
    failedAtMs: Number.isNaN(failedAtMs) ? null : failedAtMs,
    source,
    traceId: /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(text('traceparent') ?? '')?.[1] ?? null,
  };
}

/** Which dead letter is taken again, and by which request. */
export interface ReplayedLetter {
  readonly requestId: string;
  readonly deadLetterId: string;
  readonly dryRun: boolean;
  /** Where the record lay first. */
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number };
}

/** The headers a dead letter is replayed with: the record's own, and what the replay adds. */
export function replayRecordHeaders(
  letterHeaders: readonly RecordHeader[],
  { requestId, deadLetterId, dryRun, source }: ReplayedLetter,
): readonly RecordHeader[] {
  const added = {
    [replayHeaders.requestId]: requestId,
    [replayHeaders.deadLetterId]: deadLetterId,
    [replayHeaders.mode]: dryRun ? 'dry_run' : 'apply',
    [replayHeaders.topic]: source.topic,
    [replayHeaders.partition]: String(source.partition),
    [replayHeaders.offset]: String(source.offset),
  };
  return [
    ...recordHeaders(letterHeaders),
    ...Object.entries(added).map(([name, text]) => ({ name, value: Buffer.from(text) })),
  ];
}
