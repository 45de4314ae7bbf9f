import type { RowKey } from '@rowbridge/change-event';
import { deletedContent } from '../decisions/sync-stamp.js';
import type { RowInsert, RowUpdate } from '../ports.js';
import { contentStamp, lookStamp, type DecidedLook, type LookWork } from './settle-looks.js';

/*
 * Key changes where both sides share their keys: the target row keeps its place and gets the new key, so columns that
 * only the target has stay.
 */

type KeyChange = DecidedLook & { readonly target: NonNullable<DecidedLook['target']> };

function changesKey(look: DecidedLook): look is KeyChange {
  return look.keyDiffers && look.target !== null && look.decision.kind === 'write';
}

/** Lets a look wait whose new key another row holds, unless that row gives it up in the same pass. */
export async function holdBackKeyChanges(
  { table, transaction }: LookWork,
  looks: readonly DecidedLook[],
): Promise<void> {
  const wanted = looks.filter(changesKey).map(({ entry }) => entry.key);
  if (wanted.length === 0) return;
  const held = await transaction.rows.readForUpdate(table, wanted);
  for (let settled = false; !settled;) {
    settled = true;
    const leaving = new Set(
      looks.flatMap((look) =>
        look.target !== null && (changesKey(look) || look.decision.kind === 'delete')
          ? [look.target.key]
          : [],
      ),
    );
    for (const look of looks.filter(changesKey)) {
      if (!held.has(look.entry.key) || leaving.has(look.entry.key)) continue;
      look.decision = { kind: 'unique_value_held' };
      settled = false;
    }
  }
}

/** Changes keys in an order in which each new key is free; a cycle is opened by writing one of its rows anew. */
export async function writeKeyChanges(work: LookWork, looks: readonly DecidedLook[]): Promise<void> {
  const { context, table, transaction } = work;
  let pending = looks.filter(changesKey);
  const reinserted: RowInsert[] = [];
  while (pending.length > 0) {
    const taken = new Set<RowKey>(pending.map(({ target }) => target.key));
    const free = pending.filter(({ entry }) => !taken.has(entry.key));
    if (free.length > 0) {
      await transaction.rows.update(
        table,
        free.map((look) => updateOf(work, look)),
      );
      pending = pending.filter((look) => taken.has(look.entry.key));
    } else {
      const [first, ...others] = pending as [KeyChange, ...KeyChange[]];
      const { key, values, stamp } = updateOf(work, first);
      const removal = context.stamping.deletes ? lookStamp(work, first.entry, deletedContent) : null;
      await transaction.rows.remove(table, [{ key, stamp: removal }]);
      reinserted.push({ key: first.entry.key, values, stamp });
      pending = others;
    }
  }
  if (reinserted.length > 0) await transaction.rows.insert(table, reinserted);
}

function updateOf(work: LookWork, look: KeyChange): RowUpdate {
  const values = look.decision.kind === 'write' ? look.decision.values : {};
  return {
    key: look.target.key,
    newKey: look.entry.key,
    values,
    stamp: contentStamp(work, look, values),
  };
}
