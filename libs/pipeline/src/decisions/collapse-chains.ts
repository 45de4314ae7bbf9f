import type { ChangeEvent, RowImage, RowKey } from '@rowbridge/change-event';
import { isWhole, parentsOf, sameMappedColumns, type TablePlan } from '@rowbridge/mapping';

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
 * in a later wave, so its changes take effect in order (I7). A change of a row's key has its place among the changes of
 * both keys; a row whose parent lies in the same table comes after what it found of that parent, and before what follows.
 */
export function collapseChains<Item extends ChainItem>(
  plan: TablePlan,
  items: readonly Item[],
): readonly (readonly ChangeChain<Item>[])[] {
  const waves: ChangeChain<Item>[][] = [];
  const open = new Map<RowKey, ChainPlace>();
  const order = new WaveOrder();
  for (const item of items) {
    const { event } = item;
    const parents = parentsWithin(plan, event);
    const place = open.get(event.key);
    const chain = place && waves[place.wave]?.[place.index];
    if (
      chain &&
      continues(plan, chain, item) &&
      parents.every((key) => order.afterWrites(key) <= place.wave)
    ) {
      (waves[place.wave] as ChangeChain<Item>[])[place.index] = {
        ...chain,
        items: [...chain.items, item],
        after: imageAfter(chain, event),
        last: event,
      };
      order.note(place.wave, { written: [], read: parents });
    } else {
      const written = [event.key, event.movedFrom, event.movedTo].filter((key) => key !== null);
      const wave = order.next(written, parents);
      const { key, before, after } = event;
      const index = (waves[wave] ??= []).push({ key, items: [item], before, after, last: event }) - 1;
      for (const other of written) open.delete(other);
      open.set(key, { wave, index });
      order.note(wave, { written, read: parents });
    }
    for (const parent of parents) open.delete(parent);
  }
  return waves;
}

/** Where the chain lies that a key's next change may continue. */
interface ChainPlace {
  readonly wave: number;
  readonly index: number;
}

/** The waves in which changes of keys may lie so that they take effect in the order of their source. */
class WaveOrder {
  private readonly written = new Map<RowKey, number>();
  private readonly read = new Map<RowKey, number>();

  /** The first wave that finds everything written to the key so far. */
  afterWrites(key: RowKey): number {
    return this.written.get(key) ?? 0;
  }

  next(written: readonly RowKey[], read: readonly RowKey[]): number {
    return Math.max(
      ...written.map((key) => Math.max(this.afterWrites(key), this.read.get(key) ?? 0)),
      ...read.map((key) => this.afterWrites(key)),
    );
  }

  note(wave: number, { written, read }: { written: readonly RowKey[]; read: readonly RowKey[] }): void {
    for (const key of written) this.written.set(key, wave + 1);
    for (const key of read) this.read.set(key, Math.max(this.read.get(key) ?? 0, wave + 1));
  }
}

/** Keys of rows of the same table that the row has or had as parents. */
function parentsWithin(plan: TablePlan, { key, before, after }: ChangeEvent): readonly RowKey[] {
  if (plan.columns.every(({ references }) => references !== plan.entity)) return [];
  const parents = [before, after].flatMap((image) => (image === null ? [] : parentsOf(plan, image)));
  return parents.flatMap(({ entity, sourceKey }) =>
    entity === plan.entity && sourceKey !== key ? [sourceKey] : [],
  );
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
