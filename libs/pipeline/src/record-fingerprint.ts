import { createHash } from 'node:crypto';
import type { RawRecord } from '@rowbridge/change-event';

/** 32 hexadecimal digits that tell one record from another at the same offset: a recreated topic shows by it. */
export function recordFingerprint(record: RawRecord): string {
  const hash = createHash('sha256').update(String(record.timestampMs));
  for (const part of [record.key, record.value])
    hash.update(part === null ? '\u0000null' : '\u0000some').update(part ?? '');
  return hash.digest('hex').slice(0, 32);
}
