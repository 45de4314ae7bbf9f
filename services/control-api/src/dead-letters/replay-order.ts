import type { DeadLetterFilter, DeadLetterIndex, ReplayCandidate } from '@rowbridge/control-store';
import type { DirectionPlan } from '@rowbridge/mapping';

/** What is done to a page holds up a store in a file, and with it the whole process, for some milliseconds. */
const pageSize = 100;

/**
 * The open letters a filter selects, parents' tables before children's, each table in source order; last those of
 * tables that no plan knows. Letters that join meanwhile may be left out.
 */
export async function* openLettersInOrder(
  index: Pick<DeadLetterIndex, 'inSourceOrder' | 'counts'>,
  filter: DeadLetterFilter,
  plans: readonly DirectionPlan[],
): AsyncGenerator<readonly ReplayCandidate[]> {
  for (const { direction, table } of await kindsInOrder(index, plans)) {
    if (filter.direction !== undefined && filter.direction !== direction) continue;
    if (filter.table !== undefined && filter.table !== table) continue;
    let cursor: string | undefined;
    do {
      const page = await index.inSourceOrder({
        ...filter,
        direction,
        table,
        status: 'open',
        limit: pageSize,
        cursor,
      });
      if (page.items.length > 0) yield page.items;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }
}

interface LetterKind {
  readonly direction: string;
  readonly table: string;
}

async function kindsInOrder(
  index: Pick<DeadLetterIndex, 'counts'>,
  plans: readonly DirectionPlan[],
): Promise<readonly LetterKind[]> {
  const rankOf = rankByTable(plans);
  const open = (await index.counts()).filter(({ status }) => status === 'open');
  const kinds = new Map(
    open.map(({ direction, table }) => [nameOf({ direction, table }), { direction, table }]),
  );
  return [...kinds.values()].sort((first, second) => rankOf(first) - rankOf(second));
}

/** Sorts letters picked one by one the same way. */
export function inReplayOrder(
  letters: readonly (ReplayCandidate & LetterKind)[],
  plans: readonly DirectionPlan[],
): readonly ReplayCandidate[] {
  const rankOf = rankByTable(plans);
  return [...letters].sort(
    (first, second) =>
      rankOf(first) - rankOf(second) ||
      first.source.partition - second.source.partition ||
      first.source.offset - second.source.offset,
  );
}

function rankByTable(plans: readonly DirectionPlan[]): (kind: LetterKind) => number {
  const names = plans.flatMap((plan) =>
    plan.tables.map((table) => nameOf({ direction: plan.name, table: table.entity })),
  );
  const ranks = new Map(names.map((name, rank) => [name, rank]));
  return (kind) => ranks.get(nameOf(kind)) ?? names.length;
}

function nameOf({ direction, table }: LetterKind): string {
  return `${direction}/${table}`;
}
