export * from './logical-value.js';
export * from './row-key.js';
export * from './source-position.js';
export * from './change-event.js';
export * from './schema-source.js';
export { createChangeDecoder } from './change-decoder.js';
export type { ChangeDecoder, ChangeDecoderOptions } from './change-decoder.js';
export type { ConnectorSource, WantedColumns } from './envelope.js';
export type { ColumnShape, FieldShape, LiteralType } from './column-shape.js';
export type { RowSchema } from './row-schema.js';
export {
  canonicalBoolean,
  canonicalDecimal,
  canonicalFloat32,
  canonicalFloat64,
  canonicalInt64,
} from './canonical-number.js';
export { canonicalDate, canonicalInstant, canonicalWallClock } from './canonical-time.js';
export { arrayElements, canonicalJson, endOfJsonText } from './canonical-json.js';
export type { ArrayElement } from './canonical-json.js';
export { geometryToMysql, pointOfGeometry } from './canonical-geometry.js';
export { canonicalBytes } from './canonical-bytes.js';
export { canonicalFromEvent, canonicalFromServerText, canonicalUuid } from './canonical-value.js';
export { recordFingerprint } from './record-fingerprint.js';
export { createStructReader } from './struct-reader.js';
export type { StructReader } from './struct-reader.js';
export { createRecordEditor } from './record-editor.js';
export type { RecordEditor } from './record-editor.js';
