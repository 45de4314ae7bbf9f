import { InvalidCursorError } from '@rowbridge/control-store';

/** Where the next page of a replay's results begins, as opaque text. */
export function formatResultCursor(first: number): string {
  return Buffer.from(`results ${first}`).toString('base64url');
}

/** @throws InvalidCursorError */
export function readResultCursor(cursor: string): number {
  const first = /^results (\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (first === undefined) throw new InvalidCursorError();
  return Number(first);
}
