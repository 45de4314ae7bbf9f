import type { RowKey } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import type { SourceDatabase, TargetTransaction } from './ports.js';

export interface OwnerReading {
  readonly table: TablePlan;
  readonly transaction: TargetTransaction;
  readonly source: SourceDatabase;
}

/**
 * The source rows each target row is linked to, by either direction, as far as those rows exist now. A link counts only
 * while its row stands: that of a row that is gone gives way.
 */
export async function standingOwners(
  { table, transaction, source }: OwnerReading,
  targetKeys: readonly RowKey[],
): Promise<ReadonlyMap<RowKey, ReadonlySet<RowKey>>> {
  if (targetKeys.length === 0) return new Map();
  const own = await transaction.identities.resolveReverse(table.entity, targetKeys);
  const peer = await source.readPeerIdentitiesReverse(table.entity, targetKeys);
  const owners = new Set([...own.values(), ...peer.values()]);
  if (owners.size === 0) return new Map();
  const standing = await source.readRows(table, [...owners]);
  const byTarget = new Map<RowKey, Set<RowKey>>();
  for (const [targetKey, owner] of [...own, ...peer]) {
    if (standing.has(owner)) byTarget.set(targetKey, (byTarget.get(targetKey) ?? new Set()).add(owner));
  }
  return byTarget;
}
