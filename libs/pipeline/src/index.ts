export * from './ports.js';
export * from './direction-context.js';
export { RelativesAwaited } from './relatives-awaited.js';
export { passRecords } from './pass-records.js';
export { processBatch } from './process-batch.js';
export type { PartitionState, TopicBatch } from './partition-state.js';
export type { ActingGuard } from './decisions/judge-echo.js';
export { stampColumn } from './decisions/sync-stamp.js';
export { rowDigest } from './decisions/row-digest.js';
export { takeLooks, type HandOver, type HandOverSink, type LookContext } from './second-look/take-looks.js';
export type { LogEnds, SettlementHorizon, SettlementWatch, TopicOffsets } from './second-look/noted-state.js';
export {
  passReplays,
  relistLooks,
  replayBatch,
  type ReplayBatch,
  type ReplayedRecord,
  type ReplayVerdict,
} from './replay-batch.js';
