import type { RowKey } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import type { SourceDatabase, TargetTransaction } from './ports.js';

export interface OwnerReading {
  readonly table: TablePlan;
  readonly transaction: TargetTransaction;
  readonly source: SourceDatabase;
}

/**
 * Where both sides share their keys: the given keys whose target row is not the twin of another source row that stands,
 * as it is while a key change is under way.
 */
export async function ownKeys(reading: OwnerReading, keys: readonly RowKey[]): Promise<ReadonlySet<RowKey>> {
  const owners = await standingOwners(reading, keys);
  return new Set(keys.filter((key) => [...(owners.get(key) ?? [])].every((owner) => owner === key)));
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
  // Nobody writes a one-way table's source, so nobody records twins there.
  const peer = table.oneWay
    ? new Map<RowKey, RowKey>()
    : await source.readPeerIdentitiesReverse(table.entity, targetKeys);
  const owners = new Set([...own.values(), ...peer.values()]);
  if (owners.size === 0) return new Map();
  const standing = await source.readRows(table, [...owners]);
  const byTarget = new Map<RowKey, Set<RowKey>>();
  for (const [targetKey, owner] of [...own, ...peer]) {
    if (standing.has(owner)) byTarget.set(targetKey, (byTarget.get(targetKey) ?? new Set()).add(owner));
  }
  return byTarget;
}
