import type { RowImage, RowKey } from '@rowbridge/change-event';
import { placeholderContent } from '../decisions/sync-stamp.js';
import type { RowUpdate, UniqueKey } from '../ports.js';
import { lookStamp, type DecidedLook, type LookWork } from './settle-looks.js';

/**
 * Makes room for the unique values a pass is about to write. A row of the pass that gives its value up steps aside
 * onto a placeholder first, so swaps and cycles resolve in one transaction; a value held by a row outside the pass
 * makes the look wait.
 */
export async function standAside(work: LookWork, looks: readonly DecidedLook[]): Promise<void> {
  const { context, table, transaction } = work;
  const uniqueKeys = context.target.uniqueKeys(table);
  // Who waits is known for all keys before the first row steps aside: one that waits after all would stay aside.
  let settled = false;
  while (!settled) {
    settled = true;
    for (const uniqueKey of uniqueKeys) if (await holdBack(work, looks, uniqueKey)) settled = false;
  }
  for (const uniqueKey of uniqueKeys) {
    const aside = await asideUpdates(work, looks, uniqueKey);
    if (aside.length > 0) await transaction.rows.update(table, aside);
  }
}

interface UniqueClaim {
  readonly look: DecidedLook;
  readonly tuple: readonly string[];
}

/** Turns looks whose value stays held into waiting ones; true when that may have changed what others can have. */
async function holdBack(
  work: LookWork,
  looks: readonly DecidedLook[],
  uniqueKey: UniqueKey,
): Promise<boolean> {
  const claims = looks.flatMap((look) => claimOf(look, uniqueKey));
  const holders = await holdersOf(work, claims, uniqueKey);
  const leaving = leavingKeys(work, looks, uniqueKey);
  const claimed = new Set<string>();
  let heldBack = false;
  claims.forEach(({ look, tuple }, index) => {
    const holder = holders.get(index);
    const text = JSON.stringify(tuple);
    const isHeld = holder !== undefined && holder !== look.target?.key && !leaving.has(holder);
    if (isHeld || claimed.has(text)) {
      look.decision = { kind: 'unique_value_held' };
      heldBack = true;
    }
    claimed.add(text);
  });
  return heldBack;
}

/** Rows of the pass that hold a value another look of the pass is to take: they step aside first. */
async function asideUpdates(
  work: LookWork,
  looks: readonly DecidedLook[],
  uniqueKey: UniqueKey,
): Promise<readonly RowUpdate[]> {
  const claims = looks.flatMap((look) => claimOf(look, uniqueKey));
  const holders = await holdersOf(work, claims, uniqueKey);
  const wanted = new Set(holders.values());
  const { context, table } = work;
  const column = placeholderColumn(work, uniqueKey);
  if (column === undefined) return [];
  return looks.flatMap((look): RowUpdate[] => {
    const updates = look.decision.kind === 'write' && look.target !== null && wanted.has(look.target.key);
    if (!updates || claimOf(look, uniqueKey).length === 0) return [];
    const stamp = context.stamping.writes ? lookStamp(work, look.entry, placeholderContent) : null;
    return [{ key: look.target.key, values: { [column]: context.target.placeholder(table, column) }, stamp }];
  });
}

async function holdersOf(
  { table, transaction }: LookWork,
  claims: readonly UniqueClaim[],
  uniqueKey: UniqueKey,
): Promise<ReadonlyMap<number, RowKey>> {
  if (claims.length === 0) return new Map();
  return transaction.rows.findHolders(
    table,
    uniqueKey,
    claims.map(({ tuple }) => tuple),
  );
}

/** Target keys that are about to give their value of the unique key up: deleted, or rewritten through a placeholder. */
function leavingKeys(
  work: LookWork,
  looks: readonly DecidedLook[],
  uniqueKey: UniqueKey,
): ReadonlySet<RowKey> {
  const canStepAside = placeholderColumn(work, uniqueKey) !== undefined;
  return new Set(
    looks.flatMap((look) => {
      if (look.target === null) return [];
      if (look.decision.kind === 'delete') return [look.target.key];
      return canStepAside && claimOf(look, uniqueKey).length > 0 ? [look.target.key] : [];
    }),
  );
}

function claimOf(look: DecidedLook, uniqueKey: UniqueKey): readonly UniqueClaim[] {
  if (look.decision.kind !== 'write') return [];
  const current: RowImage = look.target?.row ?? {};
  const next: RowImage = { ...current, ...look.decision.values };
  if (uniqueKey.every((column) => next[column] === current[column])) return [];
  const tuple = uniqueKey.map((column) => next[column]);
  return tuple.every((value): value is string => typeof value === 'string') ? [{ look, tuple }] : [];
}

function placeholderColumn({ context, table }: LookWork, uniqueKey: UniqueKey): string | undefined {
  return uniqueKey.find(
    (name) =>
      table.columns.some((column) => column.target === name && column.type === 'text') &&
      context.target.placeholder(table, name) !== null,
  );
}
