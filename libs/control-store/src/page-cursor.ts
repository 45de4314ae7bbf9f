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
  if (position.some((part, index) => typeof part !== kinds[index])) throw new InvalidCursorError();
  return position as (string | number)[];
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
