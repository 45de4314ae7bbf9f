import type { DeadLetterEntry, DeadLetterIndex } from '@rowbridge/control-store';
import { RequestProblem } from '../http/request-problem.js';

/**
 * The entries of the ids, each once.
 * @throws RequestProblem `not_found` that points at the ids nobody knows
 */
export async function requireLetters(
  index: Pick<DeadLetterIndex, 'getMany'>,
  ids: readonly string[],
): Promise<readonly DeadLetterEntry[]> {
  const wanted = [...new Set(ids)];
  const byId = new Map((await index.getMany(wanted)).map((entry) => [entry.id, entry]));
  const unknown = wanted.filter((id) => !byId.has(id));
  if (unknown.length > 0) {
    const places = ids.flatMap((id, position) =>
      byId.has(id)
        ? []
        : [
            {
              in: 'body' as const,
              pointer: `/ids/${position}`,
              detail: 'there is no dead letter of this id',
            },
          ],
    );
    throw new RequestProblem('not_found', `There is no dead letter ${unknown.slice(0, 5).join(', ')}.`, {
      places: places.slice(0, 50),
    });
  }
  return wanted.flatMap((id) => byId.get(id) ?? []);
}

/** @throws RequestProblem `not_found` */
export async function requireLetter(
  index: Pick<DeadLetterIndex, 'get'>,
  id: string,
): Promise<DeadLetterEntry> {
  const entry = await index.get(id);
  if (entry) return entry;
  throw new RequestProblem('not_found', `There is no dead letter ${id}.`, {
    places: [{ in: 'path', pointer: '/id', detail: 'there is no dead letter of this id' }],
  });
}

/** @throws RequestProblem `illegal_transition` for what has been discarded */
export function requireNotDiscarded(entries: readonly DeadLetterEntry[]): void {
  const discarded = entries.find(({ status }) => status === 'discarded');
  if (!discarded) return;
  throw new RequestProblem('illegal_transition', `Dead letter ${discarded.id} was discarded.`, {
    context: { id: discarded.id, status: discarded.status },
  });
}
