export * from './pair.js';
export * from './direction-plan.js';
export * from './map-image.js';
export * from './verify-pair.js';
export * from './schema-misfit.js';
export { compareRecordSchema, type RecordFit } from './compare-record-schema.js';
export { findTableMisfits, type TableComparison } from './find-table-misfits.js';
export { findValueMisfits, type RefusedValue } from './find-value-misfits.js';
export { applyMappingPatch, mappingPatch, type PatchOperation } from './mapping-patch.js';
