import type { Page } from './control-store.js';

/** A cursor that no page of this list handed out. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
  constructor() {
    super('the cursor is not one that a page of this list handed out');
  }
}

/** Most items a page may hold. */
export const largestPage = 500;

/** A position in a list as opaque text. */
export function formatCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * @param kinds what each part of the position must be
 * @throws InvalidCursorError
 */
export function parseCursor(
  cursor: string,
  kinds: readonly ('string' | 'number')[],
): readonly (string | number)[] {
  const position = parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!Array.isArray(position) || position.length !== kinds.length) throw new InvalidCursorError();
  if (!position.every((part, index) => isPart(part, kinds[index]))) throw new InvalidCursorError();
  return position as (string | number)[];
}

/** Positions are made of ids, names and whole numbers: what else there is, not every engine compares with them. */
function isPart(part: unknown, kind: 'string' | 'number' | undefined): boolean {
  return kind === 'number' ? Number.isSafeInteger(part) : typeof part === 'string' && !part.includes('\0');
}

/**
 * The id behind which a list ordered by id alone goes on; undefined for its first page.
 * @throws InvalidCursorError
 */
export function idAfter(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : (parseCursor(cursor, ['string'])[0] as string);
}

/**
 * Leaves out what was read beyond the page, which only tells whether another one follows.
 * @param read in the list's order, one more than the limit where there are so many
 * @param positionOf what {@link parseCursor} finds again of the page's last item
 */
export function cutPage<Item>(
  read: readonly Item[],
  limit: number,
  positionOf: (last: Item) => readonly (string | number)[],
): Page<Item> {
  const items = read.slice(0, limit);
  const last = items.at(-1);
  return { items, next: read.length > limit && last !== undefined ? formatCursor(positionOf(last)) : null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidCursorError();
  }
}

/** @throws RangeError where the limit is no page size */
export function pageSize(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage) {
    throw new RangeError(`a page holds 1 to ${largestPage} items`);
  }
  return limit;
}
