import type { RowKey } from '@rowbridge/change-event';
import type { Candidate } from './batch-entry.js';
import type { BatchWork } from './batch-work.js';
import type { ChangeChain } from './decisions/collapse-chains.js';
import { takeSharedMoves } from './take-shared-moves.js';

type Chain = ChangeChain<Candidate>;

/** Whether the chain is one half of a primary key change: a delete that names the new key, or a create the former. */
export function isMove({ last }: Chain): boolean {
  return last.movedFrom !== null || last.movedTo !== null;
}

/**
 * Each half of a key change, whichever comes first, passes the twin's link on to the new key and lists both keys: what
 * is still under way for the former key must not write, and second looks settle the content.
 */
export async function takeMoves(work: BatchWork, moves: readonly Chain[]): Promise<void> {
  const { table, transaction, twins, progress } = work;
  if (moves.length === 0) return;
  if (table.sharesKeys) return takeSharedMoves(work, moves);
  const pairs = moves.map(({ key, last }) => ({ from: last.movedFrom ?? key, to: last.movedTo ?? key }));
  await twins.resolve(
    table.entity,
    pairs.map(({ from }) => from),
  );
  const linked = await transaction.identities.resolve(
    table.entity,
    pairs.map(({ to }) => to),
  );
  const links = new Map<RowKey, RowKey>();
  for (const { from, to } of pairs) {
    const targetKey = twins.lookup(table.entity, from);
    if (targetKey !== undefined && !linked.has(to)) links.set(to, targetKey);
  }
  if (links.size > 0) {
    await transaction.identities.link(
      table.entity,
      [...links].map(([sourceKey, targetKey]) => ({ sourceKey, targetKey })),
    );
  }
  for (const [sourceKey, targetKey] of links) twins.move(table.entity, { sourceKey, targetKey });
  const look = { reason: 'key_changed', blocked: false, targetDigest: null } as const;
  moves.forEach((move, index) => {
    const { from, to } = pairs[index] as { from: RowKey; to: RowKey };
    for (const { entry } of move.items) for (const key of [from, to]) progress.defer(entry, key, look);
  });
}
