export {
  controlTopicDeclarations,
  controlTopics,
  replayHeaders,
  replayTopic,
  replayTopicDeclaration,
} from './control-topics.js';
export type { ControlTopicDeclaration } from './control-topics.js';
export {
  configurationOriginSchema,
  directionStatusSchema,
  faultSchema,
  pauseOrderSchema,
  replayReplySchema,
  runtimeSettingKeys,
  runtimeSettingsSchema,
  tableStatusSchema,
} from './direction-status.js';
export type {
  ConfigurationOrigin,
  DirectionStatus,
  PauseOrder,
  ReplayReply,
  RuntimeSettings,
  TableStatus,
} from './direction-status.js';
export {
  keyConditionSchema,
  syncHistoryQuery,
  syncHistorySchema,
  syncPlanSchema,
  syncRunPhases,
  syncRunSchema,
  syncRunStates,
  syncScheduleChangeSchema,
  syncScheduleSchema,
  syncStatusSchema,
  syncStopAnswerSchema,
  syncStreamEventSchema,
  syncTriggerAnswerSchema,
  syncTriggerQuery,
  syncTriggerSchema,
  syncTriggers,
} from './api/sync-runs.js';
export type {
  KeyCondition,
  SyncDirectionProgress,
  SyncHistoryQuery,
  SyncPlan,
  SyncRun,
  SyncSchedule,
  SyncScheduleChange,
  SyncStatus,
  SyncTableProgress,
  SyncTrigger,
} from './api/sync-runs.js';
export {
  dryRunQuery,
  instantSchema,
  nextCursorSchema,
  pagingQuery,
  scopes,
  type Scope,
} from './api/paging.js';
export { problemPlaceSchema, problemSchema, type Problem, type ProblemPlace } from './api/problem.js';
export { streamTicketSchema } from './api/stream-ticket.js';
export { secondLookTopic } from './second-look-request.js';
export type { SecondLookRequest } from './second-look-request.js';
export {
  directionInstanceSchema,
  directionLagSchema,
  directionListSchema,
  directionSchema,
  directionStates,
  lagSchema,
  pauseAnswerSchema,
  pauseRequestSchema,
  topicLagSchema,
  type Direction,
  type DirectionLag,
  type PauseAnswer,
} from './api/directions.js';
export { healthSchema, livenessSchema, readinessSchema } from './api/health.js';
export { connectorListSchema, connectorSchema, restartAnswerSchema, restartQuery } from './api/connectors.js';
export { auditEntrySchema, auditListSchema, auditQuery } from './api/audit.js';
export { metricsSchema } from './api/metrics.js';
export {
  deadLetterColumnSchema,
  deadLetterDetailSchema,
  deadLetterDryRunQuery,
  deadLetterFilterSchema,
  deadLetterListSchema,
  deadLetterPayloadSchema,
  deadLetterQuery,
  deadLetterSchema,
  deadLetterStatuses,
  discardAnswerSchema,
  discardRequestSchema,
  editRequestSchema,
  replayAnswerSchema,
  replayListSchema,
  replayRequestSchema,
  replayResultQuery,
  replayResultSchema,
  replaySchema,
  replayStates,
} from './api/dead-letters.js';
export type {
  DeadLetter,
  DeadLetterDetail,
  DeadLetterEdit,
  DeadLetterFilterInput,
  DeadLetterPayload,
  DiscardSelection,
  Replay,
  ReplayResult,
  ReplaySelection,
} from './api/dead-letters.js';
export {
  conflictDetailSchema,
  conflictListSchema,
  conflictQuery,
  conflictSchema,
  type Conflict,
  type ConflictDetail,
} from './api/conflicts.js';
export {
  configurationAnswerSchema,
  configurationChangeQuery,
  configurationChangeSchema,
  configurationKeySchema,
  configurationSchema,
  type ConfigurationAnswer,
  type ConfigurationChange,
  type ConfigurationKeyView,
  type ConfigurationView,
  type SettingValue,
} from './api/configuration.js';
export {
  bodyOmittedHeader,
  readLetterHeaders,
  recordHeaders,
  replayRecordHeaders,
} from './dead-letter-record.js';
export type { LetterHeaders, ReplayedLetter } from './dead-letter-record.js';
