import type { RowImage, RowKey } from '@rowbridge/change-event';
import type { BatchWork } from './batch-work.js';
import type { UniqueKey } from './ports.js';
import type { DecidedChain } from './settle-wave.js';

/**
 * Defers each write that would take a unique value another row holds, or that another write of the wave takes: it
 * stands aside until a second look can write it.
 */
export async function claimUniqueValues(
  { context, table, transaction }: BatchWork,
  decided: readonly DecidedChain[],
): Promise<void> {
  for (const uniqueKey of context.target.uniqueKeys(table)) {
    const claims = decided.flatMap((chain) => claimOf(uniqueKey, chain));
    if (claims.length === 0) continue;
    const holders = await transaction.rows.findHolders(
      table,
      uniqueKey,
      claims.map(({ tuple }) => tuple),
    );
    const claimed = new Set<string>();
    claims.forEach(({ chain, ownKey, tuple }, index) => {
      const holder = holders.get(index);
      const text = JSON.stringify(tuple);
      if ((holder !== undefined && holder !== ownKey) || claimed.has(text)) {
        chain.decision = { kind: 'defer', reason: 'unique_value_held', blocked: true };
      } else {
        claimed.add(text);
      }
    });
  }
}

interface UniqueClaim {
  readonly chain: DecidedChain;
  readonly ownKey: RowKey | null;
  readonly tuple: readonly string[];
}

function claimOf(uniqueKey: UniqueKey, chain: DecidedChain): readonly UniqueClaim[] {
  if (chain.decision.kind !== 'insert' && chain.decision.kind !== 'update') return [];
  const current: RowImage = chain.target?.row ?? {};
  const next: RowImage = { ...current, ...chain.decision.values };
  if (uniqueKey.every((column) => next[column] === current[column])) return [];
  const tuple = uniqueKey.map((column) => next[column]);
  if (!tuple.every((value): value is string => typeof value === 'string')) return [];
  return [{ chain, ownKey: chain.decision.key, tuple }];
}
