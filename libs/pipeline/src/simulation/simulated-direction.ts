import { type ChangeEvent, type RowImage, type RowKey, type SourcePosition } from '@rowbridge/change-event';
import { mapImage, sameMappedColumns, type MappedImage, type TablePlan } from '@rowbridge/mapping';
import { collapseChains, type ChainItem, type ChangeChain } from '../decisions/collapse-chains.js';
import { compareChange, equalRows, type ChangeDecision } from '../decisions/compare-change.js';
import { judgeEcho, type ActingGuard } from '../decisions/judge-echo.js';
import { pickWinner } from '../decisions/pick-winner.js';
import { rowDigest } from '../decisions/row-digest.js';
import { deletedContent, formatStamp } from '../decisions/sync-stamp.js';
import type { Mistake } from './mistake.js';
import type { SimulatedLook } from './simulated-look.js';
import type { LogEntry, SimulatedSite } from './simulated-site.js';
import { stamped } from './simulated-site.js';
import { SimulatedTwins } from './simulated-twins.js';

export interface KeyVersionModel {
  position: SourcePosition | null;
  spentStamp: SourcePosition | null;
  deleted: boolean;
}

export interface DirectionOptions {
  readonly plan: TablePlan;
  readonly reverseDirection: string;
  readonly source: SimulatedSite;
  readonly target: SimulatedSite;
  readonly actingGuard: ActingGuard;
  readonly mistake: Mistake | null;
}

interface Candidate extends ChainItem {
  readonly entry: LogEntry;
}

/** One direction with what it keeps in its target: claims, row versions, links and second looks. */
export class SimulatedDirection {
  readonly claims = new Set<string>();
  readonly versions = new Map<RowKey, KeyVersionModel>();
  readonly twins: SimulatedTwins;
  readonly looks = new Map<RowKey, SimulatedLook>();
  /** Keys the reverse direction has handed over, on their way. */
  readonly inbox: RowKey[] = [];
  readonly violations: string[] = [];
  readonly targetColumns: readonly string[];
  private readonly sourceColumns: readonly string[];
  private readonly digests = new WeakMap<RowImage, string>();
  private readonly mapped = new WeakMap<RowImage, MappedImage>();
  private peer: SimulatedDirection | null = null;

  constructor(readonly options: DirectionOptions) {
    const { source, target, mistake } = options;
    this.twins = new SimulatedTwins({ source, target, mistake });
    this.targetColumns = options.plan.columns.map((column) => column.target);
    this.sourceColumns = options.plan.columns.map((column) => column.source);
  }

  get reverse(): SimulatedDirection {
    if (!this.peer) throw new TypeError('the simulated direction has no reverse yet');
    return this.peer;
  }

  pairWith(peer: SimulatedDirection): void {
    this.peer = peer;
    this.twins.pairWith(peer.twins);
  }

  /** Takes a batch to its commit. False: a row is locked, nothing was done and the batch is tried again. */
  consume(entries: readonly LogEntry[]): boolean {
    if (entries.some((entry) => this.wouldWait(entry.event))) return false;
    const awaiting = new Set(this.looks.keys());
    const candidates: Candidate[] = [];
    const echoed = new Set<RowKey>();
    for (const entry of entries) {
      const { event } = entry;
      if (this.claims.has(event.eventId)) continue;
      this.claims.add(event.eventId);
      const settled = this.judge(entry, awaiting.has(event.key));
      if (settled === 'echo') echoed.add(event.key);
      if (settled !== 'candidate') continue;
      candidates.push({ event, entry, breaksChain: echoed.delete(event.key) });
    }
    for (const wave of collapseChains(this.options.plan, candidates)) {
      for (const chain of wave) this.settle(chain);
    }
    return true;
  }

  list(key: RowKey, blocked: boolean, target: RowImage | null): void {
    const listed = this.looks.get(key);
    if (listed) {
      listed.blocked &&= blocked;
      if (this.options.mistake !== 'look_on_past_new_changes') listed.phase = 'listed';
      return;
    }
    this.looks.set(key, {
      blocked,
      attempts: 0,
      targetDigest: this.digestOf(target),
      phase: 'listed',
      noted: null,
      source: null,
    });
  }

  digestOf(row: RowImage | null): string | null {
    return row && this.remember(this.digests, row, () => rowDigest(this.targetColumns, row));
  }

  map(image: RowImage | null): MappedImage | null {
    return (
      image && this.remember(this.mapped, image, () => mapImage(this.options.plan, image, () => undefined))
    );
  }

  /** Images never change, so what is computed from one is computed once. */
  private remember<Value>(known: WeakMap<RowImage, Value>, image: RowImage, compute: () => Value): Value {
    const value = known.get(image) ?? compute();
    known.set(image, value);
    return value;
  }

  /** Writes the target row as the sync service does: stamped, a delete stamped first. */
  write(change: {
    key: RowKey;
    before: RowImage | null;
    values: RowImage | null;
    stamp: SourcePosition;
  }): void {
    const { target, plan, actingGuard } = this.options;
    const { key, before, values } = change;
    const stamping = this.reverse.options.actingGuard === 'source_column' || actingGuard === 'source_column';
    const stampFor = (content: string): string | null =>
      stamping ? formatStamp({ direction: plan.direction, position: change.stamp, content }) : null;
    if (values === null) {
      const marked = before && stamped(before, stampFor(deletedContent) ?? before['sync_source'] ?? null);
      if (stamping) target.commit([{ key, before, after: marked, position: target.nextPosition() }], true);
      target.commit([{ key, before: marked, after: null, position: target.nextPosition() }], true);
      return;
    }
    const whole = { ...before, ...values };
    const after = stamped(whole, stampFor(this.digestOf(whole) ?? '') ?? before?.['sync_source'] ?? null);
    target.commit([{ key, before, after, position: target.nextPosition() }], true);
  }

  versionOf(key: RowKey): KeyVersionModel {
    let version = this.versions.get(key);
    if (!version) this.versions.set(key, (version = { position: null, spentStamp: null, deleted: false }));
    return version;
  }

  private wouldWait(event: ChangeEvent): boolean {
    const email = (event.after ?? event.before)?.['email'] ?? null;
    return this.options.target.isLocked(this.twins.ownLink(event.key), email);
  }

  private judge({ event, bySync }: LogEntry, awaitsLook: boolean): 'settled' | 'echo' | 'candidate' {
    const version = this.versionOf(event.key);
    const guardsPosition = this.options.mistake !== 'ignore_row_position';
    if (guardsPosition && version.position !== null && isOld(event, version.position)) return 'settled';
    const verdict = judgeEcho({
      event,
      reverseDirection: this.options.reverseDirection,
      actingGuard: this.options.actingGuard,
      spentStamp: version.spentStamp,
      digest: () => rowDigest(this.sourceColumns, event.after ?? {}),
      twinKnown: this.twins.knows(event.key),
    });
    if (verdict.kind !== 'edit' && verdict.spends !== null && (version.spentStamp ?? '') < verdict.spends)
      version.spentStamp = verdict.spends;
    if (event.operation !== 'read') {
      version.position = event.position;
      version.deleted = event.operation === 'delete';
    }
    if (verdict.kind === 'echo') {
      if (!bySync) this.violations.push(`I5: an edit of ${event.key} was taken for an echo`);
      return 'echo';
    }
    if (event.movedFrom !== null || event.movedTo !== null) return 'candidate';
    if (awaitsLook) {
      this.list(event.key, true, null);
      return 'settled';
    }
    if (verdict.kind === 'doubtful') {
      this.list(event.key, false, null);
      return 'settled';
    }
    const { before, after } = event;
    const untouched =
      event.operation === 'update' &&
      before !== null &&
      after !== null &&
      sameMappedColumns(this.options.plan, before, after);
    return untouched ? 'settled' : 'candidate';
  }

  private settle(chain: ChangeChain<Candidate>): void {
    const { key, last } = chain;
    if (last.movedFrom !== null || last.movedTo !== null)
      return this.takeMove({
        from: last.movedFrom ?? key,
        to: last.movedTo ?? key,
        byCreate: last.movedFrom !== null,
      });
    if (this.looks.has(key)) return this.list(key, true, null);
    const before = this.map(chain.before);
    const after = this.map(chain.after);
    const { key: twinKey, linked, standsIn } = this.twins.find(key, after);
    if (standsIn) return this.list(key, false, null);
    const row = twinKey === null ? undefined : this.options.target.rows.get(twinKey);
    const target = twinKey !== null && row ? { key: twinKey, row } : null;
    const decision = compareChange({
      isSnapshotRead: last.operation === 'read',
      before,
      after,
      columns: this.targetColumns,
      target,
      twinKey,
      insertKey: null,
      oneWay: false,
      maySeed:
        this.options.plan.seedsTarget &&
        last.snapshot === 'initial' &&
        !linked &&
        !this.versionOf(key).deleted,
    });
    this.perform(chain, { decision: this.withMistake(decision, { after, target }), target });
  }

  /**
   * Each half of a key change, whichever comes first, passes the link on and lists both keys: what is still under way
   * for the former key must not write, and the looks settle the rest.
   */
  private takeMove({ from, to, byCreate }: { from: RowKey; to: RowKey; byCreate: boolean }): void {
    if (this.options.mistake === 'half_a_move' && !byCreate) return;
    const former = this.twins.find(from, null);
    if (former.linked && former.key !== null && this.twins.ownLink(to) === null)
      this.twins.link(to, former.key);
    if (this.options.mistake !== 'half_a_move') this.list(from, false, null);
    this.list(to, false, null);
  }

  private withMistake(
    decision: ChangeDecision,
    { after, target }: { after: MappedImage | null; target: { key: RowKey; row: RowImage } | null },
  ): ChangeDecision {
    const { mistake, plan } = this.options;
    if (decision.kind !== 'defer' || target === null || after?.kind !== 'mapped') return decision;
    if (mistake === 'equal_after_image_settles' && equalRows(this.targetColumns, after.values, target.row)) {
      return { kind: 'leave', outcome: 'unchanged' };
    }
    if (mistake !== 'resolve_in_fast_path') return decision;
    return pickWinner(plan, after.values, target.row) === 'source'
      ? { kind: 'update', key: target.key, values: after.values }
      : { kind: 'leave', outcome: 'unchanged' };
  }

  private perform(
    chain: ChangeChain<Candidate>,
    { decision, target }: { decision: ChangeDecision; target: { key: RowKey; row: RowImage } | null },
  ): void {
    const { key, last } = chain;
    if (decision.kind === 'refuse') throw new TypeError(decision.message);
    if (decision.kind === 'defer') return this.list(key, decision.blocked, target?.row ?? null);
    if (decision.kind === 'leave') {
      if (target) this.twins.link(key, target.key);
      return;
    }
    if (decision.kind === 'insert' && this.options.target.keyByEmail.has(decision.values['email'] as string))
      return this.list(key, true, null);
    if (chain.items.some(({ entry }) => entry.bySync && entry.event.operation !== 'read'))
      this.violations.push(`I4: an echo of ${key} was written`);
    if (chain.items.some(({ entry }) => entry.redelivered))
      this.violations.push(`I3: an old event of ${key} was written`);
    const stamp = last.position;
    const values = decision.kind === 'delete' ? null : decision.values;
    const targetKey = decision.key ?? this.options.target.nextKey();
    this.write({ key: targetKey, before: target?.row ?? null, values, stamp });
    if (decision.kind === 'insert') this.twins.link(key, targetKey);
  }
}

function isOld(event: ChangeEvent, position: SourcePosition): boolean {
  return event.operation === 'read' ? event.position < position : event.position <= position;
}
