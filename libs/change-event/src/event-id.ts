import { hash } from 'node:crypto';

/** What identifies a change. Two deliveries of one change agree in all of it, two changes differ in some of it. */
export interface EventIdentity {
  readonly committedAtMs: number;
  /**
   * Connector, source position with the transaction where known, schema, table, key, operation; for snapshot reads also
   * the row: joined by U+0000. Of these only the key may hold that character, and what follows it is of few forms: no
   * two lists join to one text.
   */
  readonly content: string;
}

/** The id being made, as characters: made in place, since ids are most of what a batch holds of small texts. */
const layout = Buffer.from('00000000-0000-8000-8000-000000000000', 'latin1');
const timeAt = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12];
/** Where the digest's hexadecimal digits stand, but for the one that gives the two free bits of the variant. */
const digestAt = [15, 16, 17, 20, 21, 22, 19, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35];
const variantDigit = 6;
const variants = Buffer.from('89ab', 'latin1');
const hexadecimalDigits = Buffer.from('0123456789abcdef', 'latin1');

let writtenMilliseconds = 0;

/**
 * A UUID of version 8 (RFC 9562: layout of one's own): 48 bits of commit time in milliseconds, so that ids sort and
 * partition by time, then bits of a SHA-256.
 */
export function eventIdOf({ committedAtMs, content }: EventIdentity): string {
  const milliseconds = Math.min(Math.max(Math.floor(committedAtMs), 0), 2 ** 48 - 1);
  if (milliseconds !== writtenMilliseconds) writeTime(milliseconds);
  // A character for each byte: fewer to read than hexadecimal digits.
  const digest = hash('sha256', content, 'binary');
  for (let digit = 0; digit < digestAt.length; digit += 1) {
    const byte = digest.charCodeAt(digit >> 1);
    const bits = digit % 2 === 0 ? byte >> 4 : byte & 15;
    layout[digestAt[digit] as number] = (
      digit === variantDigit ? variants[bits & 3] : hexadecimalDigits[bits]
    ) as number;
  }
  return layout.toString('latin1');
}

function writeTime(milliseconds: number): void {
  const digits = milliseconds.toString(16).padStart(timeAt.length, '0');
  for (const [index, at] of timeAt.entries()) layout[at] = digits.charCodeAt(index);
  writtenMilliseconds = milliseconds;
}
