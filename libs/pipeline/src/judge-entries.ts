import type { ChangeEvent, RowKey } from '@rowbridge/change-event';
import { sameMappedColumns, type TablePlan } from '@rowbridge/mapping';
import type { BatchEntry, Candidate, VersionInProgress } from './batch-entry.js';
import type { BatchWork } from './batch-work.js';
import { judgeEcho, type EchoVerdict } from './decisions/judge-echo.js';
import { rowDigest } from './decisions/row-digest.js';
import type { KeyState } from './ports.js';

export interface Judging {
  readonly entries: readonly BatchEntry[];
  /** Event ids this transaction claimed: nobody has settled them before. */
  readonly fresh: ReadonlySet<string>;
  readonly keyStates: ReadonlyMap<RowKey, KeyState>;
}

/**
 * Settles every record that needs no comparing (duplicate, superseded, echo, filtered, awaiting a second look) and
 * answers the changes that do, in order.
 */
export function judgeEntries(work: BatchWork, { entries, fresh, keyStates }: Judging): readonly Candidate[] {
  const unclaimed = new Set(fresh);
  const echoed = new Set<RowKey>();
  const candidates: Candidate[] = [];
  for (const entry of entries) {
    if (entry.ruling?.kind === 'dead_lettered') {
      work.progress.settle(entry, 'dead_lettered');
    } else if (entry.decoded.kind !== 'change') {
      work.progress.settle(entry, isSyncWrite(entry) ? 'echo' : 'filtered');
    } else if (!unclaimed.delete(entry.decoded.event.eventId)) {
      work.progress.settle(entry, 'duplicate');
    } else {
      const { event, isOutlived = false } = entry.decoded;
      const awaitsLook = keyStates.get(event.key)?.awaitsLook === true;
      const afterDeletion = work.progress.versions.get(event.key)?.deleted === true;
      const isCandidate = judgeChange(work, { entry, event, awaitsLook, isOutlived });
      if (isCandidate)
        candidates.push({
          entry,
          event,
          key: event.key,
          afterDeletion,
          breaksChain: echoed.has(event.key) || entry.ruling !== null,
        });
      if (work.progress.outcomeOf.get(entry) === 'echo') echoed.add(event.key);
      else if (isCandidate) echoed.delete(event.key);
    }
  }
  return candidates;
}

/** The log itself says so: nothing of it needs to be known. */
function isSyncWrite({ decoded }: BatchEntry): boolean {
  return decoded.kind === 'ignored' && decoded.reason === 'sync_write';
}

function judgeChange(
  work: BatchWork,
  change: { entry: BatchEntry; event: ChangeEvent; awaitsLook: boolean; isOutlived: boolean },
): boolean {
  const { progress, table } = work;
  const { entry, event } = change;
  const version = progress.versions.get(event.key);
  if (!version) throw new TypeError('a change without a row version in progress');
  if (isSuperseded(event, version)) {
    progress.settle(entry, 'superseded');
    return false;
  }
  const verdict = judge(work, event, version);
  moveOn(version, event, verdict);
  if (verdict.kind === 'edit' && verdict.leak && !touchesNothing(table, event)) progress.leaks += 1;
  if (verdict.kind === 'echo') progress.settle(entry, 'echo');
  else if (event.movedFrom !== null || event.movedTo !== null) return true;
  else if (change.awaitsLook)
    progress.defer(entry, event.key, { reason: 'requested', blocked: true, targetDigest: null });
  else if (verdict.kind === 'doubtful')
    progress.defer(entry, event.key, { reason: 'stamp_mismatch', blocked: false, targetDigest: null });
  else if (change.isOutlived)
    progress.defer(entry, event.key, { reason: 'absent_column', blocked: false, targetDigest: null });
  else if (touchesNothing(table, event)) progress.settle(entry, 'filtered');
  else return true;
  return false;
}

/** I3: a change not newer than the row's recorded position changes nothing. A snapshot read proves nothing by its place. */
function isSuperseded(event: ChangeEvent, version: VersionInProgress): boolean {
  if (version.position === null) return false;
  return event.operation === 'read' ? event.position < version.position : event.position <= version.position;
}

function judge(
  { context, table, twins }: BatchWork,
  event: ChangeEvent,
  version: VersionInProgress,
): EchoVerdict {
  const columns = table.columns.map((column) => column.source);
  return judgeEcho({
    event,
    reverseDirection: context.plan.reverseDirection,
    actingGuard: context.actingGuard,
    spentStamp: version.spentStamp,
    digest: () => rowDigest(columns, restrict(columns, event.after ?? {})),
    twinKnown: twins.lookup(table.entity, event.key) !== undefined,
  });
}

function moveOn(version: VersionInProgress, event: ChangeEvent, verdict: EchoVerdict): void {
  if (verdict.kind !== 'edit' && verdict.spends !== null && (version.spentStamp ?? '') < verdict.spends) {
    version.spentStamp = verdict.spends;
    version.touched = true;
  }
  if (event.operation === 'read') return;
  version.position = event.position;
  version.deleted = event.operation === 'delete';
  version.touched = true;
}

function touchesNothing(table: TablePlan, event: ChangeEvent): boolean {
  return (
    event.operation === 'update' &&
    event.before !== null &&
    event.after !== null &&
    sameMappedColumns(table, event.before, event.after)
  );
}

function restrict<Value>(
  columns: readonly string[],
  image: Readonly<Record<string, Value>>,
): Record<string, Value> {
  return Object.fromEntries(
    columns.flatMap((column) => (column in image ? [[column, image[column] as Value]] : [])),
  );
}
