import { randomUUID } from 'node:crypto';
import type { ColumnLimits } from './column-limits.js';

const prefix = 'rowbridge-';
/** Fewer random digits than these could be a value of an application's own. */
const fewestDigits = 8;

/**
 * A text that rows which swap a unique value hold within one transaction, as long as the column allows; null where the
 * column is too narrow for one, or holds only its labels.
 */
export function placeholderFor({ characters, bytes, labels, listedLabels }: ColumnLimits): string | null {
  if (labels !== null || listedLabels !== null) return null;
  const text = `${prefix}${randomUUID()}`;
  const longest = Math.min(characters ?? text.length, bytes ?? text.length);
  if (longest >= text.length) return text;
  return longest < fewestDigits ? null : randomUUID().replaceAll('-', '').slice(0, longest);
}
