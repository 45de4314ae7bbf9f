import type { RawRecord } from '@rowbridge/change-event';
import { replayHeaders } from '@rowbridge/control-protocol';
import { RowbridgeError } from '@rowbridge/errors';
import type { DirectionPlan, TablePlan } from '@rowbridge/mapping';
import type { ReplayedRecord } from '@rowbridge/pipeline';
import { isKeyOf } from './is-key-of.js';

/** A record of the topic of replays, with who asked for it. */
export interface ReplayRequest extends ReplayedRecord {
  readonly requestId: string;
  readonly deadLetterId: string;
  readonly rehearse: boolean;
}

export type ReadRequest =
  /** A change of a table, to be run through the row's path. */
  | { readonly kind: 'change'; readonly request: ReplayRequest; readonly table: TablePlan }
  /** A second look that had become a dead letter, to be listed again. */
  | {
      readonly kind: 'look';
      readonly request: ReplayRequest;
      readonly table: TablePlan;
      readonly key: string;
    }
  | { readonly kind: 'refused'; readonly request: ReplayRequest; readonly error: RowbridgeError }
  /** Nobody to answer: not a replay of ours. */
  | { readonly kind: 'stranger'; readonly request: Pick<ReplayedRecord, 'carrier'> };

const ownHeaders: ReadonlySet<string> = new Set(Object.values(replayHeaders));

/** Reads what is to be replayed from a record's headers. */
export function readReplayRequest(carrier: RawRecord, plan: DirectionPlan): ReadRequest {
  const told = new Map(
    carrier.headers
      .filter(({ name }) => ownHeaders.has(name))
      .map(({ name, value }) => [name, Buffer.from(value).toString()]),
  );
  const requestId = told.get(replayHeaders.requestId) ?? '';
  const deadLetterId = told.get(replayHeaders.deadLetterId) ?? '';
  if (requestId === '' || deadLetterId === '') return { kind: 'stranger', request: { carrier } };
  const topic = told.get(replayHeaders.topic) ?? '';
  const mode = told.get(replayHeaders.mode) ?? '';
  const partition = told.get(replayHeaders.partition) ?? '';
  const offset = told.get(replayHeaders.offset) ?? '';
  const isWhole = isWholeNumber(partition) && isWholeNumber(offset);
  const request: ReplayRequest = {
    carrier,
    original: {
      ...carrier,
      topic,
      partition: isWhole ? Number(partition) : -1,
      offset: isWhole ? BigInt(offset) : -1n,
      headers: carrier.headers.filter(({ name }) => !ownHeaders.has(name)),
    },
    requestId,
    deadLetterId,
    rehearse: mode === 'dry_run',
  };
  if (!isWhole || (mode !== 'apply' && mode !== 'dry_run')) {
    return refused(request, 'request_invalid', 'The headers of the replay do not say what is to be done');
  }
  const table = plan.tables.find((candidate) => candidate.topic === topic);
  if (!table) return refused(request, 'table_not_mapped', `No table of ${plan.name} is read from ${topic}`);
  return request.original.offset < 0n ? readLook(request, table) : { kind: 'change', request, table };
}

/** A second look that failed stands for a row, not for a record: its dead letter's key names the row. */
function readLook(request: ReplayRequest, table: TablePlan): ReadRequest {
  try {
    const { key } = JSON.parse(Buffer.from(request.original.key ?? '').toString()) as { key?: unknown };
    if (typeof key === 'string' && isKeyOf(table, key)) return { kind: 'look', request, table, key };
  } catch {
    // Said below.
  }
  return refused(request, 'request_invalid', 'The dead letter of a second look names no key of its table');
}

function refused(
  request: ReplayRequest,
  code: 'request_invalid' | 'table_not_mapped',
  problem: string,
): ReadRequest {
  return { kind: 'refused', request, error: new RowbridgeError(code, problem) };
}

function isWholeNumber(text: string): boolean {
  return /^-?\d{1,19}$/.test(text);
}
