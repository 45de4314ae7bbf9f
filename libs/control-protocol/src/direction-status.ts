import { recordOutcomes } from '@rowbridge/errors';
import * as zod from 'zod';

const milliseconds = zod.number().describe('Milliseconds since 1970, UTC.');

export const faultSchema = zod.object({
  code: zod.string().describe('Stable error code, as in the reference of error codes.'),
  message: zod.string().describe('What, where and what to do; never a row value.'),
});

export const tableStatusSchema = zod.object({
  table: zod.string().describe('Entity name in the pair, as in the metrics.'),
  topic: zod.string(),
  /** Since the instance started. */
  outcomes: zod.partialRecord(zod.enum(recordOutcomes), zod.int().min(0)),
  conflicts: zod.int().min(0).describe('Conflicts settled since the instance started.'),
  lagSeconds: zod.number().min(0).describe('Age of the oldest unapplied change, pending looks included.'),
  pendingLooks: zod.int().min(0),
  paused: zod.boolean().describe('By an operator.'),
  /** Why the table waits for its schema; null while it fits. */
  held: faultSchema.nullable(),
});

/** One key of a service's configuration: its value and where that comes from. */
export const configurationOriginSchema = zod.object({
  path: zod.string().describe('Such as `batch.maxRows`.'),
  value: zod
    .union([
      zod.string(),
      zod.number(),
      zod.boolean(),
      zod.array(zod.union([zod.string(), zod.number()])).readonly(),
      zod.null(),
    ])
    .describe('Null where there is none; secrets are masked.'),
  from: zod.enum(['default', 'file', 'environment']),
  where: zod.string().describe('File, line and column, or the variable that sets it or would set it.'),
});

export type ConfigurationOrigin = zod.output<typeof configurationOriginSchema>;

/** What one instance of a direction's service says of itself, every second. */
export const directionStatusSchema = zod.object({
  direction: zod.string(),
  instance: zod.string().describe('Unique for the life of the process.'),
  /** Address its /health and /metrics answer on, as the instance knows it. */
  url: zod.string(),
  startedAtMs: milliseconds,
  reportedAtMs: milliseconds,
  /** `paused`: the whole direction, by an operator. */
  state: zod.enum(['starting', 'running', 'degraded', 'paused', 'stopped', 'draining']),
  stopReason: faultSchema.nullable(),
  lastError: faultSchema.extend({ atMs: milliseconds }).nullable(),
  lagSeconds: zod.number().min(0),
  tables: zod.array(tableStatusSchema),
  assignment: zod.array(zod.object({ topic: zod.string(), partition: zod.int().min(0) })),
  /** Version of the {@link RuntimeSettings} in force; 0 without any. */
  settingsVersion: zod.int().min(0),
  /** What file and environment say; values changed at run time hold over it. Absent from reports of older services. */
  configuration: zod.array(configurationOriginSchema).readonly().optional(),
});

export type TableStatus = zod.output<typeof tableStatusSchema>;
export type DirectionStatus = zod.output<typeof directionStatusSchema>;

/** An operator's order for a direction or one of its tables; the latest of a key holds, also over restarts. */
export const pauseOrderSchema = zod.object({
  direction: zod.string(),
  /** Entity name, or null for the whole direction. */
  table: zod.string().nullable(),
  paused: zod.boolean(),
  actor: zod.string(),
  reason: zod.string().nullable(),
  orderedAtMs: milliseconds,
});

export type PauseOrder = zod.output<typeof pauseOrderSchema>;

/** Keys of a direction's configuration that change while it runs, by their path in the file. */
export const runtimeSettingKeys = [
  'logLevel',
  'batch.maxRows',
  'batch.patienceMs',
  'retry.maxAttempts',
  'retry.initialDelayMs',
  'retry.maxDelayMs',
  'retry.multiplier',
  'breaker.deadLetters',
  'breaker.ofLast',
  'secondLook.pollIntervalMs',
  'secondLook.batchSize',
  'health.lagThresholdMs',
] as const;

/** Values changed at run time; they hold over file and environment until they are taken back. */
export const runtimeSettingsSchema = zod.object({
  direction: zod.string(),
  /** Rises by one with every change of the direction. */
  version: zod.int().min(1),
  values: zod.partialRecord(zod.enum(runtimeSettingKeys), zod.union([zod.string(), zod.number()])),
  actor: zod.string(),
  changedAtMs: milliseconds,
});

export type RuntimeSettings = zod.output<typeof runtimeSettingsSchema>;

/** What became of one replayed dead letter, or would become of it. */
export const replayReplySchema = zod.object({
  requestId: zod.string(),
  deadLetterId: zod.string(),
  direction: zod.string(),
  dryRun: zod.boolean(),
  /** Null where the record failed again. */
  outcome: zod.enum(recordOutcomes).nullable(),
  fault: faultSchema.nullable(),
  answeredAtMs: milliseconds,
});

export type ReplayReply = zod.output<typeof replayReplySchema>;
