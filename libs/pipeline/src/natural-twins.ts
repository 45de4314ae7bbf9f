import type { RowKey } from '@rowbridge/change-event';
import { standingOwners, type OwnerReading } from './twin-owners.js';
import type { PreparedChain } from './settle-wave.js';

/** What a search by natural key has found. */
export interface NaturalTwins {
  /** Target key by source key. */
  readonly twins: ReadonlyMap<RowKey, RowKey>;
  /** Source keys whose natural key no target row holds. */
  readonly free: ReadonlySet<RowKey>;
}

const nothingAsked: NaturalTwins = { twins: new Map(), free: new Set() };

/**
 * Target rows that hold the natural key of a source row whose twin is unknown: the same thing, made on both sides.
 * A row that already is the twin of another source row, which stands, is not taken.
 */
export async function findNaturalTwins(
  search: OwnerReading,
  chains: readonly Pick<PreparedChain, 'chain' | 'before' | 'after' | 'twinKey'>[],
): Promise<NaturalTwins> {
  const candidates = chains.flatMap(({ chain, before, after, twinKey }) =>
    twinKey === null && before === null && after?.kind === 'mapped'
      ? [{ key: chain.key, values: after.values }]
      : [],
  );
  return findTwinsByNaturalKey(search, candidates);
}

/** @param rows source rows carried over to target columns, by source key */
export async function findTwinsByNaturalKey(
  reading: OwnerReading,
  rows: readonly { readonly key: RowKey; readonly values: Readonly<Record<string, string | null>> }[],
): Promise<NaturalTwins> {
  const { table, transaction } = reading;
  if (table.naturalKey.length === 0) return nothingAsked;
  const columns = table.naturalKey.map((column) => column.target);
  const asked = rows.flatMap(({ key, values }) => {
    const tuple = columns.map((column) => values[column]);
    return tuple.every((value): value is string => typeof value === 'string') ? [{ key, tuple }] : [];
  });
  if (asked.length === 0) return nothingAsked;
  const holders = await transaction.rows.findHolders(
    table,
    columns,
    asked.map(({ tuple }) => tuple),
  );
  const free = new Set(asked.flatMap(({ key }, index) => (holders.has(index) ? [] : [key])));
  if (holders.size === 0) return { twins: new Map(), free };
  const owners = await standingOwners(reading, [...new Set(holders.values())]);
  const twins = new Map<RowKey, RowKey>();
  const given = new Set<RowKey>();
  asked.forEach(({ key }, index) => {
    const holder = holders.get(index);
    if (holder === undefined || given.has(holder)) return;
    if ([...(owners.get(holder) ?? [])].some((owner) => owner !== key)) return;
    given.add(holder);
    twins.set(key, holder);
  });
  return { twins, free };
}
