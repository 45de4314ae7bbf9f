export * from './logical-value.js';
export * from './row-key.js';
export * from './source-position.js';
export * from './change-event.js';
export * from './schema-source.js';
export { createChangeDecoder } from './change-decoder.js';
export type { ChangeDecoder, ChangeDecoderOptions } from './change-decoder.js';
export type { ConnectorSource } from './envelope.js';
export { canonicalBoolean, canonicalDecimal, canonicalFloat64, canonicalInt64 } from './canonical-number.js';
export { canonicalDate, canonicalInstant, canonicalWallClock } from './canonical-time.js';
export { canonicalJson } from './canonical-json.js';
export {
  canonicalBytes,
  canonicalFromEvent,
  canonicalFromServerText,
  canonicalUuid,
} from './canonical-value.js';
export { recordFingerprint } from './record-fingerprint.js';
