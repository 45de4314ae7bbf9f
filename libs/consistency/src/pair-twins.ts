import type { RowKey } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import type { SideReader } from './side-reader.js';

/** Both databases of a pair; `source` and `target` as the plan names them. */
export interface PairReaders {
  readonly source: SideReader;
  readonly target: SideReader;
}

/**
 * The target row that is each source row's twin: of tables that share their keys the row of the same key. Links are recorded on both sides, each by the direction that writes
 * there, and outlive their rows: of two links the one whose row exists counts, the target's own first.
 * @returns target keys of rows that exist, by source key
 */
export async function findTargetTwins(
  readers: PairReaders,
  plan: TablePlan,
  sourceKeys: readonly RowKey[],
): Promise<ReadonlyMap<RowKey, RowKey>> {
  if (plan.sharesKeys) {
    const rows = await readers.target.readRows(plan.target, [], sourceKeys);
    return new Map(sourceKeys.filter((key) => rows.has(key)).map((key) => [key, key]));
  }
  const [ownLinks, peerLinks] = await Promise.all([
    readers.target.readTwins(plan.entity, 'other', sourceKeys),
    readers.source.readTwins(plan.entity, 'own', sourceKeys),
  ]);
  const candidates = [...new Set([...ownLinks.values(), ...peerLinks.values()])];
  const rows = await readers.target.readRows(plan.target, [], candidates);
  const twins = new Map<RowKey, RowKey>();
  for (const sourceKey of sourceKeys) {
    const twin = [ownLinks.get(sourceKey), peerLinks.get(sourceKey)].find(
      (candidate) => candidate !== undefined && rows.has(candidate),
    );
    if (twin !== undefined) twins.set(sourceKey, twin);
  }
  return twins;
}

/**
 * The given target keys that ought to have a source row and have none. Of a table whose changes flow one way only those
 * that came from the source count: the source never gets the target's own rows.
 */
export async function findTargetsWithoutSource(
  readers: PairReaders,
  plan: TablePlan,
  targetKeys: readonly RowKey[],
): Promise<readonly RowKey[]> {
  if (plan.sharesKeys) {
    const rows = await readers.source.readRows(plan.source, [], targetKeys);
    const missing = targetKeys.filter((key) => !rows.has(key));
    const arrived = plan.oneWay ? await readers.target.readArrived(originOf(plan), missing) : null;
    return arrived ? missing.filter((key) => arrived.has(key)) : missing;
  }
  const [ownLinks, peerLinks] = await Promise.all([
    readers.target.readTwins(plan.entity, 'own', targetKeys),
    readers.source.readTwins(plan.entity, 'other', targetKeys),
  ]);
  const candidates = [...new Set([...ownLinks.values(), ...peerLinks.values()])];
  const sourceRows = await readers.source.readRows(plan.source, [], candidates);
  const twins = await findTargetTwins(readers, plan, [...sourceRows.keys()]);
  const matched = new Set(twins.values());
  return targetKeys.filter((key) => !matched.has(key) && (!plan.oneWay || ownLinks.has(key)));
}

function originOf({ direction, source }: TablePlan): { direction: string; sourceTable: string } {
  return { direction, sourceTable: source.table };
}
