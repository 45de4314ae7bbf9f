import type { RawRecord, RowImage } from '@rowbridge/change-event';
import {
  bodyOmittedHeader,
  recordHeaders,
  type DeadLetter,
  type DeadLetterDetail,
  type DeadLetterPayload,
} from '@rowbridge/control-protocol';
import type { DeadLetterEntry } from '@rowbridge/control-store';
import { errorTable, isErrorCode, RowbridgeError } from '@rowbridge/errors';
import type { TablePlan } from '@rowbridge/mapping';
import type { DecodedLetter } from './letter-decoder.js';

/** An entry of the index as the API says it. */
export function viewLetter(entry: DeadLetterEntry, topic: string): DeadLetter {
  const {
    keyDigest: _digest,
    printableKey,
    queue,
    firstFailedAtMs,
    lastFailedAtMs,
    settledAtMs,
    ...rest
  } = entry;
  return {
    ...rest,
    key: printableKey,
    firstFailedAt: instant(firstFailedAtMs),
    lastFailedAt: instant(lastFailedAtMs),
    record: { topic, ...queue },
    settledAt: settledAtMs === null ? null : instant(settledAtMs),
  };
}

export interface LetterContent {
  readonly entry: DeadLetterEntry;
  readonly topic: string;
  /** Null where the topic holds it no more. */
  readonly letter: RawRecord | null;
  readonly content: DecodedLetter | null;
  readonly table: TablePlan | null;
  /** Whether personal data may be shown. */
  readonly unmask: boolean;
}

/** An entry with what its record says. */
export function viewDetail(shown: LetterContent): DeadLetterDetail {
  const { entry, letter, table } = shown;
  return {
    ...viewLetter(entry, shown.topic),
    whatToDo: isErrorCode(entry.errorCode)
      ? errorTable[entry.errorCode].whatToDo
      : 'Find out who writes to the dead letter topic besides the directions.',
    headers: (letter === null ? [] : recordHeaders(letter.headers)).map(({ name, value }) => ({
      name,
      value: shown.unmask || name === 'traceparent' ? Buffer.from(value).toString() : `${value.length} bytes`,
    })),
    payload: viewPayload(shown),
    mapped: table !== null,
  };
}

function viewPayload({ entry, letter, content, table, unmask }: LetterContent): DeadLetterPayload {
  if (letter === null || content === null) {
    return { state: 'gone', why: 'The dead letter topic does not hold the record any more.' };
  }
  if (letter.value === null) return { state: 'absent', why: whyAbsent(entry, letter) };
  const { decoded } = content;
  if (decoded.kind === 'undecodable') {
    const { error } = decoded;
    return {
      state: 'undecodable',
      why: error instanceof RowbridgeError ? error.problem : 'It cannot be read.',
    };
  }
  if (decoded.kind === 'ignored') {
    return { state: 'absent', why: `The record is a ${decoded.reason}, which carries no row.` };
  }
  const { event } = decoded;
  const shows = unmask ? () => true : shownColumns(table);
  const image = (row: RowImage | null): ReturnType<typeof viewImage> | null =>
    row === null ? null : viewImage(row, shows);
  return {
    state: 'decoded',
    operation: event.operation,
    committedAt: instant(event.committedAtMs),
    before: image(event.before),
    after: image(event.after),
  };
}

function whyAbsent({ source }: DeadLetterEntry, { headers }: RawRecord): string {
  if (source.offset < 0)
    return 'It stands for a row whose second look failed; replaying it lists the row again.';
  const omitted = headers.find(({ name }) => name === bodyOmittedHeader);
  return omitted
    ? `Its value of ${Buffer.from(omitted.value).toString()} bytes was larger than the dead letter topic takes: key and headers alone were kept.`
    : 'The record has no value.';
}

/** Columns the mapping declares and does not call personal. A column nobody declared may hold anything. */
function shownColumns(table: TablePlan | null): (column: string) => boolean {
  const shown = new Set(table?.columns.filter(({ pii }) => !pii).map(({ source }) => source));
  if (table && !table.piiKey) for (const column of table.source.key) shown.add(column);
  return (column) => shown.has(column);
}

function viewImage(
  row: RowImage,
  shows: (column: string) => boolean,
): Record<string, { value: string | null; masked: boolean }> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const masked = !shows(column);
      return [column, { value: masked ? null : value, masked }];
    }),
  );
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
