import type { RowImage, RowKey, SourcePosition } from '@rowbridge/change-event';
import { mapImage, parentsOf } from '@rowbridge/mapping';
import type { Candidate } from './batch-entry.js';
import type { BatchWork } from './batch-work.js';
import type { ChangeChain } from './decisions/collapse-chains.js';
import { equalRows } from './decisions/compare-change.js';
import { rowDigest } from './decisions/row-digest.js';

interface SharedMove {
  readonly from: RowKey;
  readonly to: RowKey;
  /** The row before, where this half tells it. */
  readonly before: RowImage | null;
  /** This half is the delete of the former key, else the create of the new one. */
  readonly isDeparture: boolean;
  readonly position: SourcePosition;
}

/**
 * Key changes where both sides share their keys. The link from the new key to the target row by its former key is what
 * tells the second look to change that row's key in place. What has left a key comes before what arrives at it, since
 * both are of one partition; so a key whose target row is linked elsewhere is about to be free.
 */
export async function takeSharedMoves(
  work: BatchWork,
  moves: readonly ChangeChain<Candidate>[],
): Promise<void> {
  for (const { key, last, items, before } of moves) {
    const isDeparture = last.movedTo !== null;
    const { position } = last;
    const move = { from: last.movedFrom ?? key, to: last.movedTo ?? key, before, isDeparture, position };
    const { row, isPassedOn } = await passLinkOn(work, move);
    const targetDigest = row && isDeparture ? await certainDigest(work, move, row) : null;
    const blocked = !isDeparture || row === null || targetDigest !== null;
    const arrival = { reason: 'key_changed', blocked, targetDigest } as const;
    // The row that has left the former key is the new key's; what else may come to the former key tells its own digest.
    const departure = { ...arrival, targetDigest: isPassedOn ? null : targetDigest };
    for (const { entry } of items) {
      // What is still under way for the former key finds no row, or the row that its own half of the change settles.
      if (isDeparture) work.progress.defer(entry, move.from, departure);
      work.progress.defer(entry, move.to, arrival);
    }
  }
}

/** Links the new key to the target row, unless that is done or another row holds the key. */
async function passLinkOn(
  { table, transaction, twins }: BatchWork,
  move: SharedMove,
): Promise<{ row: RowImage | null; isPassedOn: boolean }> {
  const { entity } = table;
  const { from, to } = move;
  // The halves of a move are in work at once: whoever has the rows sees what the other has linked.
  await transaction.rows.readForUpdate(table, [...new Set([from, to])]);
  await twins.resolve(entity, [from]);
  const linked = (await transaction.identities.resolve(entity, [to])).get(to);
  const wasPassedOn = linked !== undefined && linked !== to;
  const twinKey = wasPassedOn ? linked : (twins.lookup(entity, from) ?? from);
  const rows = await transaction.rows.readForUpdate(table, [...new Set([twinKey, to])]);
  const owners = await transaction.identities.resolveReverse(entity, [to, twinKey]);
  const isHeld = rows.has(to) && (owners.get(to) ?? to) === to;
  const isOwn = rows.has(twinKey) && (owners.get(twinKey) ?? from) === from;
  const passes = isOwn && !wasPassedOn && !isHeld && !(await isOutrun({ table, transaction }, move));
  if (passes) {
    await transaction.identities.link(entity, [{ sourceKey: to, targetKey: twinKey }]);
    twins.move(entity, { sourceKey: to, targetKey: twinKey });
  }
  return { row: rows.get(twinKey) ?? null, isPassedOn: wasPassedOn || passes };
}

/** Whether the other half, or what came after it at its key, was seen before: the link has been passed on then. */
async function isOutrun(
  { table, transaction }: Pick<BatchWork, 'table' | 'transaction'>,
  { from, to, isDeparture, position }: SharedMove,
): Promise<boolean> {
  const other = isDeparture ? to : from;
  const seen = (await transaction.keys.read(table, [other])).get(other)?.position ?? null;
  return seen !== null && (isDeparture ? seen >= position : seen > position);
}

/** The digest of the target row where it is what the change started from: then nobody disputes the source. */
async function certainDigest(
  { table, twins }: BatchWork,
  { before }: SharedMove,
  row: RowImage,
): Promise<string | null> {
  if (before === null) return null;
  for (const { entity, sourceKey } of parentsOf(table, before)) await twins.resolve(entity, [sourceKey]);
  const mapped = mapImage(table, before, twins.lookup);
  const columns = table.columns.map(({ target }) => target);
  return mapped.kind === 'mapped' && equalRows(columns, mapped.values, row) ? rowDigest(columns, row) : null;
}
