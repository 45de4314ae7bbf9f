import type { RowImage, RowKey } from '@rowbridge/change-event';
import type { TablePlan } from '@rowbridge/mapping';
import type { BatchWork } from './batch-work.js';
import type { UniqueKey } from './ports.js';
import type { DecidedChain } from './settle-wave.js';

/**
 * Defers each write that would take a unique value another row holds, or that another write of the wave takes: it
 * stands aside until a second look can write it. A unique key that is the natural key was asked for already where a
 * twin was looked for.
 */
export async function claimUniqueValues(
  { context, table, transaction }: BatchWork,
  decided: readonly DecidedChain[],
): Promise<void> {
  for (const uniqueKey of context.target.uniqueKeys(table)) {
    const claims = decided.flatMap((chain) => claimOf(uniqueKey, chain));
    if (claims.length === 0) continue;
    const isNatural = isNaturalKey(table, uniqueKey);
    const asked = claims.filter(({ chain }) => !(isNatural && chain.naturalKeyIsFree));
    const found = await transaction.rows.findHolders(
      table,
      uniqueKey,
      asked.map(({ tuple }) => tuple),
    );
    const holders = new Map(asked.map((claim, index) => [claim, found.get(index)]));
    const claimed = new Set<string>();
    claims.forEach((claim) => {
      const { chain, ownKey, tuple } = claim;
      const holder = holders.get(claim);
      const text = JSON.stringify(tuple);
      if ((holder !== undefined && holder !== ownKey) || claimed.has(text)) {
        chain.decision = { kind: 'defer', reason: 'unique_value_held', blocked: true };
      } else {
        claimed.add(text);
      }
    });
  }
}

function isNaturalKey({ naturalKey }: TablePlan, uniqueKey: UniqueKey): boolean {
  return (
    naturalKey.length === uniqueKey.length &&
    uniqueKey.every((column) => naturalKey.some(({ target }) => target === column))
  );
}

interface UniqueClaim {
  readonly chain: DecidedChain;
  readonly ownKey: RowKey | null;
  readonly tuple: readonly string[];
}

function claimOf(uniqueKey: UniqueKey, chain: DecidedChain): readonly UniqueClaim[] {
  if (chain.decision.kind !== 'insert' && chain.decision.kind !== 'update') return [];
  const { values } = chain.decision;
  const current: RowImage = chain.target?.row ?? {};
  const tuple = uniqueKey.map((column) => (column in values ? values[column] : current[column]));
  if (uniqueKey.every((column, index) => tuple[index] === current[column])) return [];
  if (!tuple.every((value): value is string => typeof value === 'string')) return [];
  return [{ chain, ownKey: chain.decision.key, tuple }];
}
