import { createHash } from 'node:crypto';
import type { RawRecord } from './change-event.js';

/**
 * 16 hexadecimal digits of a hash of key, value and timestamp. Tells a record from another at the same offset of a
 * topic that was deleted and made anew.
 */
export function recordFingerprint({ key, value, timestampMs }: RawRecord): string {
  const digest = createHash('sha256');
  for (const part of [key, value]) {
    digest.update(part === null ? 'null;' : `${part.length};`);
    if (part !== null) digest.update(part);
  }
  return digest.update(String(timestampMs)).digest('hex').slice(0, 16);
}
