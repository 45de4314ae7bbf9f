import * as zod from 'zod';
import { faultSchema } from '../direction-status.js';
import { dryRunQuery, instantSchema, nextCursorSchema, pagingQuery } from './paging.js';

/** Debezium holds as many rows in memory, with the changes that come meanwhile. */
const mostChunkRows = 100_000;

const name = zod.string().min(1).max(200);
const names = zod
  .array(name)
  .min(1)
  .max(1_000)
  .refine((list) => new Set(list).size === list.length, 'Each name once.');
const filterValue = zod
  .string()
  .max(4_000)
  .describe('Canonical text of the column: `42`, `2026-11-21T04:00:00Z`, `true`; text as it is.');

/** One column of the rows that are read again. */
export const keyConditionSchema = zod
  .strictObject({
    column: name.describe("A key or mapped column of the table, by its name on the direction's source."),
    in: zod.array(filterValue).min(1).max(1_000).optional().describe('Any of these values.'),
    from: filterValue.optional().describe('This value or a greater one.'),
    to: filterValue.optional().describe('This value or a smaller one.'),
  })
  .refine(({ in: values, from, to }) => (values === undefined) !== (from === undefined && to === undefined), {
    message: 'Give either in, or from or to or both.',
  })
  .meta({ id: 'KeyCondition' });

/** What a sync run reads again. Everything without directions and tables. */
export const syncTriggerSchema = zod
  .strictObject({
    directions: names.optional().describe('Directions whose source is read; all without.'),
    tables: names.optional().describe('Entity names of the pair; all without.'),
    filter: zod
      .array(keyConditionSchema)
      .min(1)
      .max(10)
      .optional()
      .describe('Only rows that meet all conditions. Takes exactly one direction and one table.'),
    reset: zod
      .boolean()
      .default(false)
      .describe('Also reconcile deletes: target rows whose source row is gone get a second look.'),
    confirm: zod
      .literal('reset')
      .optional()
      .describe('Must be given with reset, other than in a dry run: a second look may delete rows.'),
    chunkSize: zod
      .int()
      .min(1)
      .max(mostChunkRows)
      .optional()
      .describe(
        'Rows a connector reads at a time and holds in memory; stays in force for later runs. Restarts its task if new.',
      ),
  })
  .meta({ id: 'SyncTrigger' });

export const syncTriggerQuery = zod.strictObject(dryRunQuery);

export const syncRunStates = ['running', 'completed', 'failed', 'stopped'] as const;
export const syncRunPhases = ['preparing', 'reading', 'applying', 'reconciling', 'stopping'] as const;
export const syncTriggers = ['manual', 'schedule'] as const;
const count = zod.int().min(0);

export const syncTableProgressSchema = zod.object({
  table: zod.string().describe('Entity name.'),
  state: zod.enum(['waiting', 'reading', 'read', 'failed']).nullable().describe('Null in the history.'),
  estimatedRows: count.describe('Counted up to a million, then what the server estimates.'),
  rowsRead: count.describe(
    'By the connector; exact once the table is read, but for a connector that was restarted meanwhile.',
  ),
  /** Of a reset. */
  rowsCompared: count
    .nullable()
    .describe('Target rows whose source row was looked for; null in the history.'),
  looksListed: count
    .nullable()
    .describe('Target rows without a source row that were put up for a second look; null in the history.'),
});

export const syncDirectionProgressSchema = zod.object({
  direction: zod.string(),
  connector: zod.string().nullable().describe('Null in the history.'),
  state: zod
    .enum(['waiting', 'reading', 'read', 'applied', 'stopped', 'failed'])
    .nullable()
    .describe('Null in the history.'),
  rowsApplied: count
    .nullable()
    .describe('Rows read that the direction has also dealt with; null in the history.'),
  tables: zod.array(syncTableProgressSchema),
});

export const syncRunSchema = zod
  .object({
    id: zod.string(),
    state: zod.enum(syncRunStates),
    phase: zod.enum(syncRunPhases).nullable().describe('Null once the run has ended.'),
    trigger: zod.enum(syncTriggers),
    actor: zod.string(),
    reset: zod.boolean(),
    filter: zod
      .array(zod.string())
      .nullable()
      .describe('The conditions in words, without their values; null where all rows are read.'),
    directions: zod.array(syncDirectionProgressSchema),
    estimatedRows: count,
    rowsRead: count,
    rowsApplied: count,
    percent: zod.number().min(0).max(100).describe('100 only when completed.'),
    conflicts: count.describe('Conflicts the directions settled meanwhile.'),
    error: faultSchema.nullable(),
    startedAt: instantSchema,
    endedAt: instantSchema.nullable(),
  })
  .meta({ id: 'SyncRun' });

export const syncPlanSchema = zod
  .object({
    reset: zod.boolean(),
    estimatedRows: count,
    signals: zod.array(
      zod.object({
        direction: zod.string(),
        connector: zod.string(),
        topic: zod.string(),
        key: zod.string(),
        /** Filter values are left out: `?` stands for each. */
        data: zod.object({
          type: zod.literal('INCREMENTAL'),
          dataCollections: zod.array(zod.string()),
          additionalConditions: zod.array(zod.string()),
        }),
        tables: zod.array(zod.object({ table: zod.string(), estimatedRows: count })),
      }),
    ),
  })
  .meta({ id: 'SyncPlan' });

/** `run` when one was started, `plan` alone for a dry run. */
export const syncTriggerAnswerSchema = zod.object({
  dryRun: zod.boolean(),
  run: syncRunSchema.nullable(),
  plan: syncPlanSchema,
});

export const syncScheduleSchema = zod
  .object({
    enabled: zod.boolean(),
    cron: zod.string().describe('Five or six fields; names and ranges allowed.'),
    timeZone: zod.string().describe('IANA name.'),
    nextAt: instantSchema.nullable().describe('Null while switched off.'),
    lastAt: instantSchema.nullable(),
    lastOutcome: zod
      .enum(['started', 'skipped_running', 'failed'])
      .nullable()
      .describe('What the last firing came to.'),
  })
  .meta({ id: 'SyncSchedule' });

export const syncScheduleChangeSchema = zod
  .strictObject({
    enabled: zod.boolean().optional(),
    cron: zod.string().min(1).max(200).optional(),
    timeZone: zod.string().min(1).max(100).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'Give at least one of enabled, cron and timeZone.');

export const syncStatusSchema = zod
  .object({
    state: zod.enum(['idle', ...syncRunStates]).describe('Of the last run; idle before the first.'),
    run: syncRunSchema.nullable().describe('The run that is going on, or the last.'),
    schedule: syncScheduleSchema,
  })
  .meta({ id: 'SyncStatus' });

export const syncStopAnswerSchema = zod.object({ run: syncRunSchema });

export const syncHistoryQuery = zod.strictObject({
  ...pagingQuery,
  state: zod.enum(syncRunStates).optional(),
  trigger: zod.enum(syncTriggers).optional(),
  direction: name.optional(),
  table: name.optional(),
  actor: name.optional(),
  startedAfter: zod.iso.datetime({ offset: true }).optional().describe('Runs started then or later.'),
  startedBefore: zod.iso.datetime({ offset: true }).optional().describe('Runs started earlier.'),
});

export const syncHistorySchema = zod.object({
  items: zod.array(syncRunSchema),
  nextCursor: nextCursorSchema,
});

/** One event of the stream: the run as it is now. */
export const syncStreamEventSchema = zod.object({ run: syncRunSchema });

export type KeyCondition = zod.output<typeof keyConditionSchema>;
export type SyncTrigger = zod.output<typeof syncTriggerSchema>;
export type SyncTableProgress = zod.output<typeof syncTableProgressSchema>;
export type SyncDirectionProgress = zod.output<typeof syncDirectionProgressSchema>;
export type SyncRun = zod.output<typeof syncRunSchema>;
export type SyncPlan = zod.output<typeof syncPlanSchema>;
export type SyncSchedule = zod.output<typeof syncScheduleSchema>;
export type SyncScheduleChange = zod.output<typeof syncScheduleChangeSchema>;
export type SyncStatus = zod.output<typeof syncStatusSchema>;
export type SyncHistoryQuery = zod.output<typeof syncHistoryQuery>;
