import * as zod from 'zod';
import { instantSchema, nextCursorSchema, pagingQuery } from './paging.js';

const word = zod.string().min(1).max(250);

export const conflictQuery = zod.strictObject({
  ...pagingQuery,
  direction: word.optional(),
  table: word.optional().describe('Entity name of the pair.'),
  type: word.optional().describe('Such as `update_origin_differs`.'),
  resolution: word.optional().describe('The policy that decided, or `manual` while it is open.'),
  key: zod.string().min(1).max(1_000).optional().describe('Primary key of either row, as the list shows it.'),
  from: zod.iso.datetime({ offset: true }).optional().describe('Detected then or later.'),
  until: zod.iso.datetime({ offset: true }).optional().describe('Detected before.'),
});

export const conflictSchema = zod
  .object({
    id: zod.string(),
    pair: zod.string(),
    table: zod.string().describe('Entity name of the pair.'),
    direction: zod.string().describe('The direction that recorded it; source and target are its own.'),
    sourceKey: zod.string(),
    targetKey: zod.string().nullable(),
    type: zod.string(),
    resolution: zod.string(),
    winningSide: zod.string().nullable().describe('Null while it is open.'),
    generation: zod.int().min(0).describe('Conflicts of the key settled before.'),
    detectedAt: instantSchema,
    listedIn: zod.string().describe('The side whose database lists it.'),
  })
  .meta({ id: 'Conflict' });

export const conflictListSchema = zod.object({
  items: zod.array(conflictSchema),
  nextCursor: nextCursorSchema,
});

const row = zod
  .record(zod.string(), zod.string().nullable())
  .nullable()
  .describe('Canonical texts by column of the target; null where there was no row.');

export const conflictDetailSchema = conflictSchema
  .extend({
    sourceRow: row,
    targetRow: row,
    differing: zod.array(zod.string()).describe('Columns in which the rows differ.'),
    masked: zod
      .array(zod.string())
      .describe('Columns whose values are left out as personal data: the scope unmask shows them.'),
  })
  .meta({ id: 'ConflictDetail' });

export type Conflict = zod.output<typeof conflictSchema>;
export type ConflictDetail = zod.output<typeof conflictDetailSchema>;
