import { recordOutcomes } from '@rowbridge/errors';
import * as zod from 'zod';
import { faultSchema } from '../direction-status.js';
import { dryRunQuery, instantSchema, nextCursorSchema, pagingQuery } from './paging.js';

export const deadLetterStatuses = ['open', 'replayed', 'discarded', 'superseded'] as const;

const name = zod.string().min(1).max(250);
const count = zod.int().min(0);
const instantInput = zod.iso.datetime({ offset: true });

const conditions = {
  direction: name.optional(),
  table: name.optional().describe('Entity name, as in the metrics.'),
  key: zod
    .string()
    .min(1)
    .max(1_000)
    .optional()
    .describe('The whole primary key: its value, or a JSON array of the values of a key of several columns.'),
  errorCode: zod.string().min(1).max(64).optional(),
  from: instantInput.optional().describe('First failed then or later.'),
  until: instantInput.optional().describe('First failed before.'),
  text: zod
    .string()
    .min(2)
    .max(200)
    .optional()
    .describe('Contained in the error message or the key, in either case of letters.'),
};

function narrows(filter: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(conditions).some((condition) => filter[condition] !== undefined);
}

/** Which dead letters are replayed or discarded: open ones for which all conditions hold, one of them at least. */
export const deadLetterFilterSchema = zod
  .strictObject({
    status: zod
      .literal('open', 'Only open ones are chosen by conditions; name others by id.')
      .optional()
      .describe('Only open ones are chosen by conditions.'),
    ...conditions,
  })
  .refine(narrows, 'Give a condition: without one, every open dead letter would be chosen.')
  .meta({ id: 'DeadLetterFilter' });

export const deadLetterQuery = zod.strictObject({
  ...pagingQuery,
  status: zod.enum(deadLetterStatuses).optional(),
  ...conditions,
});

const recordPlaceSchema = zod.object({
  topic: zod.string(),
  partition: zod.int(),
  offset: zod.int(),
});

const deadLetterShape = {
  id: zod.string().describe('`<partition>-<offset>` of its first record in the dead letter topic.'),
  status: zod.enum(deadLetterStatuses),
  direction: zod.string(),
  table: zod.string().describe("Entity name; the topic's own where no mapped table is read from it."),
  key: zod
    .string()
    .nullable()
    .describe('Primary key as text; null where the record has none, or where the key is personal data.'),
  eventId: zod.string().nullable(),
  errorCode: zod.string(),
  message: zod.string().describe('What, where and what to do; never a row value.'),
  stage: zod.string().describe('Of the path: decode, map, write or second_look.'),
  attempts: count,
  occurrences: count.describe('Records of this event in the dead letter topic.'),
  firstFailedAt: instantSchema,
  lastFailedAt: instantSchema,
  source: recordPlaceSchema.describe('Where the record lay first; offset -1 for a row instead of a record.'),
  record: recordPlaceSchema.describe('Its latest record in the dead letter topic.'),
  sizeBytes: count.describe('Key, value and headers together.'),
  hasBody: zod.boolean().describe('False where the record carries headers and key alone.'),
  settledAt: instantSchema.nullable().describe('When it was replayed, discarded, or last tried in vain.'),
  settledBy: zod.string().nullable(),
  outcome: zod.string().nullable().describe('Of the last replay.'),
  reason: zod.string().nullable().describe('Why it was discarded.'),
  requestId: zod.string().nullable().describe('The last replay.'),
  traceId: zod.string().nullable(),
};

export const deadLetterSchema = zod.object(deadLetterShape).meta({ id: 'DeadLetter' });

export const deadLetterListSchema = zod.object({
  items: zod.array(deadLetterSchema),
  nextCursor: nextCursorSchema.describe(
    'Cursor of the next page; null on the last. With `text` a page looks through at most 20,000 dead letters that meet the other conditions, so it may be short or empty while there is a next one.',
  ),
  total: count
    .nullable()
    .describe('Dead letters that meet the conditions; null with key, from, until or text.'),
});

/** A column of a row, as canonical text. */
export const deadLetterColumnSchema = zod.object({
  value: zod.string().nullable().describe('Null for SQL NULL, and where it is masked.'),
  masked: zod.boolean().describe('Personal data, or a column nobody declared: shown with scope unmask.'),
});

const imageSchema = zod.record(zod.string(), deadLetterColumnSchema);

export const deadLetterPayloadSchema = zod.discriminatedUnion('state', [
  zod.object({
    state: zod.literal('decoded'),
    operation: zod.enum(['create', 'update', 'delete', 'read']),
    committedAt: instantSchema,
    before: imageSchema.nullable(),
    after: imageSchema.nullable(),
  }),
  zod.object({
    state: zod.enum(['absent', 'undecodable', 'gone']),
    why: zod
      .string()
      .describe('Why there is nothing to show: no body, bytes that say nothing, or no record any more.'),
  }),
]);

export const deadLetterDetailSchema = zod
  .object({
    ...deadLetterShape,
    whatToDo: zod.string(),
    headers: zod
      .array(zod.object({ name: zod.string(), value: zod.string() }))
      .describe("The record's own headers, as text; without those of its dead letter."),
    payload: deadLetterPayloadSchema,
    mapped: zod.boolean().describe('Whether a table of its direction is still read from its topic.'),
  })
  .meta({ id: 'DeadLetterDetail' });

const ids = zod
  .array(zod.string().regex(/^\d{1,10}-\d{1,19}$/, 'An id is <partition>-<offset>.'))
  .min(1)
  .max(1_000)
  .describe('These dead letters.');

const selection = {
  ids: ids.optional(),
  filter: deadLetterFilterSchema.optional().describe('All open ones that meet these conditions.'),
  all: zod.literal(true).optional().describe('All open ones.'),
  confirm: zod.literal('all').optional().describe('Must be given with all, other than in a dry run.'),
};

const onlyOne = {
  message: 'Give exactly one of ids, filter and all.',
};

function givesOne({
  ids: listed,
  filter,
  all,
}: {
  readonly ids?: unknown;
  readonly filter?: unknown;
  readonly all?: unknown;
}): boolean {
  return [listed, filter, all].filter((given) => given !== undefined).length === 1;
}

export const replayRequestSchema = zod
  .strictObject({
    ...selection,
    ratePerSecond: zod
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe('Most records a second; never more than the configuration allows.'),
  })
  .refine(givesOne, onlyOne)
  .meta({ id: 'ReplayRequest' });

export const discardRequestSchema = zod
  .strictObject({
    ids: selection.ids,
    filter: selection.filter,
    reason: zod.string().trim().min(3).max(1_000).describe('Why; kept with each and in the audit log.'),
  })
  .refine(({ ids: listed, filter }) => (listed === undefined) !== (filter === undefined), {
    message: 'Give exactly one of ids and filter.',
  })
  .meta({ id: 'DiscardRequest' });

export const deadLetterDryRunQuery = zod.strictObject(dryRunQuery);

export const replayStates = ['running', 'completed', 'failed', 'stopped'] as const;

/** What became of one dead letter, or would become of it. */
export const replayResultSchema = zod.object({
  id: zod.string(),
  direction: zod.string(),
  outcome: zod.enum(recordOutcomes).nullable().describe('Null where it failed, or was not sent.'),
  fault: faultSchema.nullable(),
  status: zod.enum(deadLetterStatuses).describe('What it is now, or would be.'),
});

export const replaySchema = zod
  .object({
    requestId: zod.string(),
    dryRun: zod.boolean(),
    state: zod.enum(replayStates).describe('running until every record sent is answered for.'),
    actor: zod.string(),
    startedAt: instantSchema,
    endedAt: instantSchema.nullable(),
    selected: count.describe('Dead letters found so far.'),
    sent: count,
    answered: count,
    byOutcome: zod
      .record(zod.string(), count)
      .describe('Answers by outcome, and `fault` for those that failed or could not be sent.'),
    error: faultSchema.nullable().describe('Why it ended early.'),
  })
  .meta({ id: 'Replay' });

export const replayAnswerSchema = zod.object({
  replay: replaySchema,
  results: zod.array(replayResultSchema).describe('The first of them; at most 500.'),
  nextCursor: nextCursorSchema,
});

export const replayResultQuery = zod.strictObject(pagingQuery);

export const replayListSchema = zod.object({ items: zod.array(replaySchema) });

export const discardAnswerSchema = zod.object({
  dryRun: zod.boolean(),
  discarded: count.describe('How many were discarded, or would be.'),
  skipped: zod
    .array(zod.object({ id: zod.string(), status: zod.enum(deadLetterStatuses) }))
    .describe('Of the ids given, those that were not open.'),
});

export const editRequestSchema = zod
  .strictObject({
    columns: zod
      .record(name, zod.string().max(1_048_576).nullable())
      .refine((columns) => Object.keys(columns).length > 0, 'Name at least one column.')
      .describe(
        "New values by the source's column names, as canonical text; null for SQL NULL. Key columns cannot be changed.",
      ),
    reason: zod.string().trim().min(3).max(1_000).describe('Why; kept in the audit log.'),
  })
  .meta({ id: 'DeadLetterEdit' });

export type DeadLetterFilterInput = Omit<zod.output<typeof deadLetterQuery>, keyof typeof pagingQuery>;
export type DeadLetter = zod.output<typeof deadLetterSchema>;
export type DeadLetterDetail = zod.output<typeof deadLetterDetailSchema>;
export type DeadLetterPayload = zod.output<typeof deadLetterPayloadSchema>;
export type ReplaySelection = zod.output<typeof replayRequestSchema>;
export type DiscardSelection = zod.output<typeof discardRequestSchema>;
export type Replay = zod.output<typeof replaySchema>;
export type ReplayResult = zod.output<typeof replayResultSchema>;
export type DeadLetterEdit = zod.output<typeof editRequestSchema>;
