import type { DiscardSelection } from '@rowbridge/control-protocol';
import type { DeadLetterIndex, DeadLetterStatus, Settlement } from '@rowbridge/control-store';
import type { DirectionPlan } from '@rowbridge/mapping';
import { requireLetters } from './choose-letters.js';
import { toStoreFilter } from './letter-filter.js';
import { openLettersInOrder } from './replay-order.js';

export interface DiscardOrder {
  readonly selection: DiscardSelection;
  readonly plans: readonly DirectionPlan[];
  readonly dryRun: boolean;
  readonly actor: string;
  readonly atMs: number;
}

export interface DiscardOutcome {
  readonly discarded: number;
  readonly skipped: { readonly id: string; readonly status: DeadLetterStatus }[];
}

/**
 * Discards open letters; others are left as they are.
 * @throws RequestProblem `not_found`
 */
export async function discardLetters(
  index: DeadLetterIndex,
  { selection, plans, dryRun, actor, atMs }: DiscardOrder,
): Promise<DiscardOutcome> {
  const settlementOf = (id: string): Settlement => ({
    id,
    status: 'discarded',
    settledAtMs: atMs,
    settledBy: actor,
    reason: selection.reason,
  });
  const discard = async (ids: readonly string[]): Promise<number> =>
    dryRun ? ids.length : (await index.settle(ids.map(settlementOf), ['open'])).length;
  if (selection.ids !== undefined) {
    const entries = await requireLetters(index, selection.ids);
    const open = entries.filter(({ status }) => status === 'open').map(({ id }) => id);
    const skipped = entries
      .filter(({ status }) => status !== 'open')
      .map(({ id, status }) => ({ id, status }));
    return { discarded: await discard(open), skipped };
  }
  let discarded = 0;
  for await (const letters of openLettersInOrder(index, toStoreFilter(selection.filter ?? {}), plans)) {
    discarded += await discard(letters.map(({ id }) => id));
  }
  return { discarded, skipped: [] };
}
