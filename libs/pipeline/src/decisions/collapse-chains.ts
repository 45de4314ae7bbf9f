import type { ChangeEvent, RowImage, RowKey } from '@rowbridge/change-event';
import { isWhole, sameMappedColumns, type TablePlan } from '@rowbridge/mapping';

/** Changes of one key that act as one: each before-image is the previous after-image. */
export interface ChangeChain<Item> {
  readonly key: RowKey;
  readonly items: readonly Item[];
  /** Before the first and after the last change; null = no row. */
  readonly before: RowImage | null;
  readonly after: RowImage | null;
  /** The last change's event: its position is the chain's. */
  readonly last: ChangeEvent;
}

export interface ChainItem {
  readonly event: ChangeEvent;
  /** Something the path must not see through lies before this change: an echo, for one. */
  readonly breaksChain: boolean;
}

/**
 * Collapses a batch of one table into waves. A wave holds at most one chain a key; a key whose chain breaks goes on
 * in a later wave, so its changes take effect in order (I7).
 */
export function collapseChains<Item extends ChainItem>(
  plan: TablePlan,
  items: readonly Item[],
): readonly (readonly ChangeChain<Item>[])[] {
  const chainsByKey = new Map<RowKey, ChangeChain<Item>[]>();
  for (const item of items) {
    const chains = chainsByKey.get(item.event.key) ?? [];
    chainsByKey.set(item.event.key, chains);
    const open = chains.at(-1);
    if (open && continues(plan, open, item)) {
      chains[chains.length - 1] = {
        ...open,
        items: [...open.items, item],
        after: imageAfter(open, item.event),
        last: item.event,
      };
    } else {
      const { key, before, after } = item.event;
      chains.push({ key, items: [item], before, after, last: item.event });
    }
  }
  const waves: ChangeChain<Item>[][] = [];
  for (const chains of chainsByKey.values()) {
    chains.forEach((chain, index) => (waves[index] ??= []).push(chain));
  }
  return waves;
}

function continues<Item extends ChainItem>(plan: TablePlan, chain: ChangeChain<Item>, next: Item): boolean {
  if (next.breaksChain || !collapses(plan, chain.last) || !collapses(plan, next.event)) return false;
  // The source always wins: what the target held in between does not count.
  if (plan.oneWay) return true;
  if (chain.after === null || next.event.before === null) return chain.after === next.event.before;
  return isWhole(plan, next.event.before) && sameMappedColumns(plan, chain.after, next.event.before);
}

/** A column the later change left alone and did not send keeps the value the earlier one gave it. */
function imageAfter(
  { after: earlier }: ChangeChain<unknown>,
  { operation, after }: ChangeEvent,
): RowImage | null {
  return operation === 'update' && earlier !== null && after !== null ? { ...earlier, ...after } : after;
}

function collapses(plan: TablePlan, event: ChangeEvent): boolean {
  const hasBefore = plan.oneWay || event.operation === 'create' || event.before !== null;
  return event.operation !== 'read' && event.movedFrom === null && event.movedTo === null && hasBefore;
}
