import type { DeadLetterFilterInput } from '@rowbridge/control-protocol';
import type { DeadLetterFilter } from '@rowbridge/control-store';
import { digestOfKey } from './index-record.js';

/** A request's conditions as the index takes them. */
export function toStoreFilter(input: DeadLetterFilterInput): DeadLetterFilter {
  const { status, direction, table, key, errorCode, from, until, text } = input;
  return {
    direction,
    table,
    errorCode,
    text,
    statuses: status === undefined ? undefined : [status],
    keyDigest: key === undefined ? undefined : digestOfKey(key),
    fromMs: from === undefined ? undefined : Date.parse(from),
    untilMs: until === undefined ? undefined : Date.parse(until),
  };
}
