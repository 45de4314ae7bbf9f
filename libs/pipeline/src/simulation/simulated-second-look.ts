import { withMinor, type RowImage, type RowKey } from '@rowbridge/change-event';
import { decideLook } from '../decisions/decide-look.js';
import { equalRows } from '../decisions/compare-change.js';
import type { SimulatedDirection } from './simulated-direction.js';
import type { SimulatedLook } from './simulated-look.js';

/** Told of the row that lost: the target's, in target columns. */
export type ConflictListener = (email: string, loser: RowImage | null) => void;

/** Takes one key's second look one step on; every step is a transaction of its own. */
export function stepLook(direction: SimulatedDirection, key: RowKey, onConflict: ConflictListener): void {
  const look = direction.looks.get(key);
  if (!look) return;
  switch (look.phase) {
    case 'listed':
      return note(direction, key, look);
    case 'noted':
      return readAfresh(direction, key, look);
    case 'drained':
      return conclude(direction, { key, look, onConflict });
  }
}

function note(direction: SimulatedDirection, key: RowKey, look: SimulatedLook): void {
  const { source, target, mistake } = direction.options;
  const mapped = direction.map(source.rows.get(key) ?? null);
  const targetKey = direction.twins.find(key, mapped).key;
  const row = targetKey === null ? null : (target.rows.get(targetKey) ?? null);
  const equal =
    mapped?.kind === 'mapped'
      ? row !== null && equalRows(direction.targetColumns, mapped.values, row)
      : row === null;
  if (mistake === 'close_at_first_equality' && equal) {
    direction.looks.delete(key);
    return;
  }
  look.noted = {
    targetKey,
    targetDigest: direction.digestOf(row),
    sourceEnd: source.logLength,
    targetEnd: target.logLength,
    position: source.logEnd(),
  };
  look.phase = 'noted';
}

function readAfresh(direction: SimulatedDirection, key: RowKey, look: SimulatedLook): void {
  const { source, target } = direction.options;
  if (!look.noted) throw new TypeError('a look without a note');
  if (!source.isConsumedTo(look.noted.sourceEnd) || !target.isConsumedTo(look.noted.targetEnd)) return;
  look.source = source.rows.get(key) ?? null;
  look.phase = 'drained';
}

function conclude(
  direction: SimulatedDirection,
  { key, look, onConflict }: { key: RowKey; look: SimulatedLook; onConflict: ConflictListener },
): void {
  const { plan, target, mistake } = direction.options;
  if (!look.noted) throw new TypeError('a look without a note');
  const source = direction.map(look.source);
  const { key: targetKey, linked, standsIn } = direction.twins.find(key, source);
  const row = targetKey === null ? null : (target.rows.get(targetKey) ?? null);
  const email = (look.source ?? row)?.['email'] ?? null;
  if (target.isLocked(targetKey, email)) return;
  const digest = direction.digestOf(row);
  look.phase = 'listed';
  look.attempts += 1;
  if (targetKey !== look.noted.targetKey || digest !== look.noted.targetDigest) return;
  const decision = decideLook({
    plan,
    source,
    target: row,
    twinKnown: linked,
    keyDiffers: false,
    sourceWinsUndisputed: look.blocked && look.targetDigest === digest,
  });
  // The row that was deleted here has lost to the one it is replaced by.
  if (standsIn && decision.kind !== 'hand_over') onConflict(email as string, null);
  switch (decision.kind) {
    case 'close':
      if (row !== null && targetKey !== null) direction.twins.link(key, targetKey);
      direction.looks.delete(key);
      return;
    case 'hand_over':
      if (mistake !== 'keep_from_reverse' && targetKey !== null) direction.reverse.inbox.push(targetKey);
      return;
    case 'refuse':
    case 'wait':
      throw new TypeError('the simulated pair maps every row');
    case 'write':
      if (row === null && target.keyByEmail.has(decision.values['email'] as string)) return;
      break;
    case 'delete':
      break;
  }
  if (decision.conflict !== null) onConflict(email as string, row);
  const writtenKey = targetKey ?? target.nextKey();
  const values = decision.kind === 'write' ? decision.values : null;
  direction.write({
    key: writtenKey,
    before: row,
    values,
    stamp: withMinor(look.noted.position, look.attempts),
  });
  if (values !== null) direction.twins.link(key, writtenKey);
  look.blocked = true;
  look.targetDigest = direction.digestOf(values);
}
