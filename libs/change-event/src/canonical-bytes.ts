import { unmappable } from './value-refusal.js';

/**
 * Bytes as lowercase hexadecimal, from bytes, from hexadecimal, or from PostgreSQL's `\x…`.
 * @throws RowbridgeError when a text is not hexadecimal
 */
export function canonicalBytes(value: string | Uint8Array): string {
  if (typeof value !== 'string') {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex');
  }
  const digits = (value.startsWith('\\x') ? value.slice(2) : value).toLowerCase();
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/.test(digits)) throw unmappable('bytes', 'is not hexadecimal');
  return digits;
}
