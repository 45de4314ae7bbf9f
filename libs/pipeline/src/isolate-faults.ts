import { RowbridgeError } from '@rowbridge/errors';
import type { BatchEntry } from './batch-entry.js';
import type { DirectionContext, ValueRefusal } from './direction-context.js';
import type { PartitionState } from './partition-state.js';
import type { DeadLetter, LookReason } from './ports.js';
import type { RecordRange } from './process-batch.js';
import { RecordsRefused } from './records-refused.js';
import { RelativesAwaited } from './relatives-awaited.js';

type CommitRange = (range: RecordRange, context: DirectionContext) => Promise<PartitionState>;

/**
 * Commits a range although some of its records are at fault: those are found by bisecting, dead-lettered or deferred,
 * and their batch-mates are written. A dead letter is acknowledged by the broker before the transaction that passes
 * its record begins (I1). A system's fault is not taken for a record's: it rejects.
 */
export async function isolateFaults(
  range: RecordRange,
  context: DirectionContext,
  commitRange: CommitRange,
): Promise<PartitionState> {
  await deadLetterUndecodable(range, context);
  return settleRange(range, { context, commitRange, attempt: 1 });
}

interface Settling {
  readonly context: DirectionContext;
  readonly commitRange: CommitRange;
  readonly attempt: number;
}

async function settleRange(range: RecordRange, settling: Settling): Promise<PartitionState> {
  try {
    return await settling.commitRange(range, settling.context);
  } catch (error) {
    if (error instanceof RecordsRefused) {
      const fault = await tableFaultOf(range, settling.context, error);
      // What stands before the first such record is committed; that record waits with its table.
      if (fault && range.entries.length > 1) return isolate(range, settling, fault);
      if (fault) throw fault;
      await ruleOnRefusals(range, settling.context, error);
      return settleRange(range, settling);
    }
    if (!(error instanceof RowbridgeError) || !isRecordFault(error)) throw error;
    return isolate(range, settling, error);
  }
}

function isRecordFault(error: RowbridgeError): boolean {
  return (
    error.disposition === 'dead_letter' ||
    error.disposition === 'dead_letter_after_attempts' ||
    error.disposition === 'defer_key'
  );
}

async function isolate(
  range: RecordRange,
  settling: Settling,
  error: RowbridgeError,
): Promise<PartitionState> {
  const { entries } = range;
  const [only] = entries;
  if (only && entries.length === 1) return settleSingle({ range, entry: only, error }, settling);
  const middle = Math.ceil(entries.length / 2);
  const fresh = { ...settling, attempt: 1 };
  const state = await settleRange({ ...range, entries: entries.slice(0, middle) }, fresh);
  return settleRange({ ...range, entries: entries.slice(middle), state }, fresh);
}

async function settleSingle(
  { range, entry, error }: { range: RecordRange; entry: BatchEntry; error: RowbridgeError },
  settling: Settling,
): Promise<PartitionState> {
  const { context, attempt } = settling;
  if (entry.ruling?.kind === 'dead_lettered' || entry.ruling?.kind === 'deferred') throw error;
  if (error.disposition === 'defer_key') {
    if (range.mayWait && error.code === 'children_remain') throw new RelativesAwaited();
    entry.ruling = { kind: 'deferred', reason: lookReasonOf(error.code), blocked: true };
  } else if (error.disposition === 'dead_letter_after_attempts' && attempt < context.retry.maxAttempts) {
    const { initialDelayMs, multiplier, maxDelayMs } = context.retry;
    const delayMs = Math.min(initialDelayMs * multiplier ** (attempt - 1), maxDelayMs);
    context.observer.retrying({ table: range.table.entity, errorCode: error.code, attempt, delayMs });
    await context.clock.sleep(delayMs);
    return settleRange(range, { ...settling, attempt: attempt + 1 });
  } else {
    const fault = await context.tableFaultBehind?.(range.table, valueRefusal(error));
    if (fault) throw fault;
    await deadLetter(context, range, [
      letterOf(entry, { errorCode: error.code, message: error.message, stage: 'write', attempts: attempt }),
    ]);
    entry.ruling = { kind: 'dead_lettered', errorCode: error.code };
  }
  return settleRange(range, { ...settling, attempt: 1 });
}

/** What a write's failure says of the value at fault. */
export function valueRefusal({ code, details }: RowbridgeError): ValueRefusal {
  const { column } = details;
  return { errorCode: code, column: typeof column === 'string' ? column : null };
}

/** The first fault of the table behind any of the refusals. */
async function tableFaultOf(
  { table }: RecordRange,
  { tableFaultBehind }: DirectionContext,
  { refusals }: RecordsRefused,
): Promise<RowbridgeError | null> {
  for (const errorCode of new Set(refusals.map((refusal) => refusal.errorCode))) {
    const fault = await tableFaultBehind?.(table, { errorCode, column: null });
    if (fault) return fault;
  }
  return null;
}

function lookReasonOf(errorCode: string): LookReason {
  return errorCode === 'missing_parent' || errorCode === 'children_remain' ? errorCode : 'unique_value_held';
}

/** A refused chain may be at fault in its last change only: that one is judged alone before it is condemned. */
async function ruleOnRefusals(
  range: RecordRange,
  context: DirectionContext,
  refused: RecordsRefused,
): Promise<void> {
  const letters: DeadLetter[] = [];
  for (const { entries, errorCode, message } of refused.refusals) {
    const last = entries.at(-1);
    if (!last) continue;
    if (entries.length > 1) {
      last.ruling = { kind: 'alone' };
    } else {
      letters.push(letterOf(last, { errorCode, message, stage: 'map', attempts: 1 }));
      last.ruling = { kind: 'dead_lettered', errorCode };
    }
  }
  await deadLetter(context, range, letters);
}

async function deadLetterUndecodable(range: RecordRange, context: DirectionContext): Promise<void> {
  const letters = range.entries.flatMap((entry) => {
    if (entry.decoded.kind !== 'undecodable') return [];
    const { error } = entry.decoded;
    const errorCode = error instanceof RowbridgeError ? error.code : 'undecodable';
    entry.ruling = { kind: 'dead_lettered', errorCode };
    return [letterOf(entry, { errorCode, message: error.message, stage: 'decode' as const, attempts: 1 })];
  });
  await deadLetter(context, range, letters);
}

async function deadLetter(
  context: DirectionContext,
  range: RecordRange,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  await context.deadLetters.send(letters);
  for (const { errorCode, message } of letters) {
    context.observer.recordDeadLettered({ table: range.table.entity, errorCode, message });
  }
}

function letterOf(
  entry: BatchEntry,
  fault: Pick<DeadLetter, 'errorCode' | 'message' | 'stage' | 'attempts'>,
): DeadLetter {
  const { decoded } = entry;
  return {
    record: decoded.record,
    eventId: decoded.kind === 'change' ? decoded.event.eventId : null,
    ...fault,
  };
}
