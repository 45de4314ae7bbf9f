import { createHash } from 'node:crypto';
import type { RowImage, RowKey } from '@rowbridge/change-event';
import { withMinor } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import { decideLook, type LookDecision } from '../decisions/decide-look.js';
import { rowDigest } from '../decisions/row-digest.js';
import { deletedContent, formatStamp } from '../decisions/sync-stamp.js';
import type { LookOutcome } from '../direction-context.js';
import type { ConflictRecord, ConflictType, IdentityLink, LookEntry, TargetTransaction } from '../ports.js';
import { holdBackKeyChanges, writeKeyChanges } from './change-keys.js';
import { readLookedAt, type LookedAt } from './looked-at-rows.js';
import { parseNotedState } from './noted-state.js';
import { standAside } from './stand-aside.js';
import {
  deadLetterLook,
  lookAgain,
  postpone,
  targetDigestOf,
  type LookContext,
  type LookPass,
} from './take-looks.js';

export interface LookWork {
  readonly table: TablePlan;
  readonly context: LookContext;
  readonly transaction: TargetTransaction;
  readonly done: LookPass;
}

/** A look with its decision; `keepsPhase` = decide again without noting anew. */
export interface DecidedLook extends LookedAt {
  decision: LookDecision | { readonly kind: 'look_again' } | { readonly kind: 'unique_value_held' };
}

/**
 * Second step of a look: both directions have passed what was noted. Where the target row is still the noted one, the
 * two current rows decide; the target is written under the lock it was read with. An entry closes only on equality.
 */
export async function settleLooks(work: LookWork, entries: readonly LookEntry[]): Promise<void> {
  const { table, transaction } = work;
  const looks = (await readLookedAt(work, entries)).map((look): DecidedLook => ({
    ...look,
    decision: decide(table, look),
  }));
  await holdBackKeyChanges(work, looks);
  await standAside(work, looks);
  await write(work, looks);
  const kept: LookEntry[] = [];
  const closed: RowKey[] = [];
  for (const look of looks) {
    const entry = await follow(work, look);
    if (entry) kept.push(entry);
    else closed.push(look.entry.key);
  }
  work.done.waiting += kept.length;
  if (kept.length > 0) await transaction.looks.save(table, kept);
  if (closed.length > 0) await transaction.looks.close(table, closed);
}

function decide(table: TablePlan, look: LookedAt): DecidedLook['decision'] {
  const digest = targetDigestOf(table, look);
  const noted = parseNotedState(look.entry.noted ?? '');
  if (noted.targetDigest !== digest || noted.targetKey !== look.twinKey) return { kind: 'look_again' };
  return decideLook({
    plan: table,
    source: look.source,
    target: look.target?.row ?? null,
    twinKnown: look.linked,
    keyDiffers: look.keyDiffers,
    sourceWinsUndisputed: look.entry.blocked && look.entry.targetDigest === digest,
  });
}

async function write(work: LookWork, looks: readonly DecidedLook[]): Promise<void> {
  const { table, context, transaction } = work;
  const removals = looks.flatMap((look) =>
    look.decision.kind === 'delete' && look.target
      ? [
          {
            key: look.target.key,
            stamp: context.stamping.deletes ? lookStamp(work, look.entry, deletedContent) : null,
          },
        ]
      : [],
  );
  if (removals.length > 0) await transaction.rows.remove(table, removals);
  await writeKeyChanges(work, looks);
  const updates = looks.flatMap((look) =>
    look.decision.kind === 'write' && look.target && !look.keyDiffers
      ? [
          {
            key: look.target.key,
            values: look.decision.values,
            stamp: contentStamp(work, look, look.decision.values),
          },
        ]
      : [],
  );
  if (updates.length > 0) await transaction.rows.update(table, updates);
  const inserting = looks.filter((look) => look.decision.kind === 'write' && look.target === null);
  const inserts = inserting.flatMap((look) =>
    look.decision.kind === 'write'
      ? [
          {
            key: table.sharesKeys ? look.entry.key : look.twinKey,
            values: look.decision.values,
            stamp: contentStamp(work, look, look.decision.values),
          },
        ]
      : [],
  );
  const keys = inserts.length > 0 ? await transaction.rows.insert(table, inserts) : [];
  const links = inserting.map((look, index) => ({
    sourceKey: look.entry.key,
    targetKey: keys[index] as RowKey,
  }));
  for (const { entry, source, target, keyDiffers, decision } of looks) {
    if (source === null || target === null) continue;
    const targetKey = keyDiffers && decision.kind === 'write' ? entry.key : target.key;
    // Where keys are shared, only a move this direction has seen may link another key.
    if (table.sharesKeys && targetKey !== entry.key) continue;
    links.push({ sourceKey: entry.key, targetKey });
  }
  const recorded = table.oneWay && table.sharesKeys ? await movedLinks(work, links) : links;
  if (recorded.length > 0) await transaction.identities.link(table.entity, recorded);
}

/** One side that always wins and shares its keys needs a link only in place of one that a key change has left. */
async function movedLinks(
  { table, transaction }: LookWork,
  links: readonly IdentityLink[],
): Promise<readonly IdentityLink[]> {
  const known = await transaction.identities.resolve(
    table.entity,
    links.map(({ sourceKey }) => sourceKey),
  );
  return links.filter(({ sourceKey }) => known.has(sourceKey));
}

/** A look writes with the source log position it noted; the attempt keeps repeated writes of one place apart. */
export function lookStamp({ table }: Pick<LookWork, 'table'>, entry: LookEntry, content: string): string {
  const { logEnds } = parseNotedState(entry.noted ?? '');
  return formatStamp({
    direction: table.direction,
    position: withMinor(logEnds.source, entry.attempts + 1),
    content,
  });
}

export function contentStamp(work: LookWork, { entry, target }: LookedAt, values: RowImage): string | null {
  if (!work.context.stamping.writes) return null;
  const columns = work.table.columns.map((column) => column.target);
  return lookStamp(work, entry, rowDigest(columns, { ...target?.row, ...values }));
}

/** Does what follows from the decision; answers the entry as it stays listed, or null when it closes. */
async function follow(work: LookWork, look: DecidedLook): Promise<LookEntry | null> {
  const { context, done, table } = work;
  const { entry, decision } = look;
  const settled = (outcome: LookOutcome): void => void done.outcomes.push(outcome);
  // The row that was deleted in the target has lost to the one that now holds its natural key.
  if (
    look.standsIn &&
    (decision.kind === 'close' || decision.kind === 'write' || decision.kind === 'delete')
  ) {
    await recordConflict(work, { ...look, target: null }, 'update_missing');
  }
  switch (decision.kind) {
    case 'close':
      settled('settled_equal');
      return null;
    case 'look_again':
      return { ...lookAgain(entry, context), blocked: false };
    case 'write':
    case 'delete':
      if (decision.conflict) await recordConflict(work, look, decision.conflict);
      settled(decision.conflict ? 'conflict_lost' : 'settled_written');
      return { ...lookAgain(entry, context), blocked: true, targetDigest: writtenDigest(table, look) };
    case 'hand_over':
      await handOver(work, look);
      settled('handed_over');
      return { ...postpone(entry, context), blocked: false, reason: 'handed_over' };
    case 'wait':
      return { ...postpone(entry, context), reason: decision.reason };
    case 'unique_value_held':
      // Its noted state stays good while the target row does not move, so clashing rows meet in one pass.
      return {
        ...entry,
        reason: 'unique_value_held',
        attempts: entry.attempts + 1,
        dueAtMs: context.clock.now() + Math.min(250 * (entry.attempts + 1), 1_000),
      };
    case 'refuse': {
      const { errorCode } = decision;
      const fault = await context.tableFaultBehind?.(table, { errorCode, column: null });
      if (fault) throw fault;
      await deadLetterLook(context, {
        table,
        entry,
        errorCode: decision.errorCode,
        message: decision.message,
      });
      settled('dead_lettered');
      return null;
    }
  }
}

/**
 * Digest of the target row as this look leaves it. While it stands there, nobody at the target disputes the source: an
 * application that deletes or edits the row again before the closing look must not find its own row as an opponent.
 */
function writtenDigest(table: TablePlan, { decision, target }: DecidedLook): string | null {
  if (decision.kind !== 'write') return null;
  const columns = table.columns.map((column) => column.target);
  return rowDigest(columns, { ...target?.row, ...decision.values });
}

async function handOver({ context, table }: LookWork, { twinKey: key }: DecidedLook): Promise<void> {
  if (key === null) throw new TypeError('a row that wins has a key');
  await context.handOvers.send([{ direction: context.plan.reverseDirection, entity: table.entity, key }]);
}

async function recordConflict(work: LookWork, look: DecidedLook, type: ConflictType): Promise<void> {
  const { table, context, transaction, done } = work;
  const { key } = look.entry;
  const state = (await transaction.keys.read(table, [key])).get(key);
  const generation = state?.generation ?? 0;
  const targetKey = look.target?.key ?? look.twinKey;
  const policy = table.conflictPolicy.strategy;
  const rowGone = look.target === null || look.source === null;
  const conflict: ConflictRecord = {
    id: conflictId(work, { sourceKey: key, targetKey, generation }),
    pair: context.plan.pair,
    entity: table.entity,
    direction: table.direction,
    sourceKey: key,
    targetKey,
    type,
    resolution: rowGone ? table.deleteVersusUpdate : policy,
    winningSide: context.plan.source.name,
    sourceRow: look.source?.kind === 'mapped' ? look.source.values : null,
    targetRow: look.target?.row ?? null,
    generation,
  };
  await transaction.conflicts.record([conflict]);
  await transaction.keys.save(table, [
    {
      key,
      position: state?.position ?? null,
      spentStamp: state?.spentStamp ?? null,
      deleted: look.source === null,
      generation: generation + 1,
    },
  ]);
  done.conflicts.push(conflict);
}

/** The pair's sides in declared order, so that both directions name a conflict of one row alike. */
function conflictId(
  { table, context }: LookWork,
  { sourceKey, targetKey, generation }: { sourceKey: RowKey; targetKey: RowKey | null; generation: number },
): string {
  const keyBySide = [
    [context.plan.source.name, sourceKey],
    [context.plan.target.name, targetKey],
  ].sort(([left], [right]) => ((left ?? '') < (right ?? '') ? -1 : 1));
  const identity = JSON.stringify([context.plan.pair, table.entity, keyBySide, generation]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}
