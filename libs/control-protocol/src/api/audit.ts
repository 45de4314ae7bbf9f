import * as zod from 'zod';
import { instantSchema, nextCursorSchema, pagingQuery } from './paging.js';

const word = zod.string().min(1).max(250);

export const auditQuery = zod.strictObject({
  ...pagingQuery,
  actor: word.optional(),
  action: word.optional().describe('Such as `direction.pause`.'),
  target: word.optional(),
  result: word.optional().describe('`done`, or an error code.'),
  from: zod.iso.datetime({ offset: true }).optional().describe('Inclusive.'),
  until: zod.iso.datetime({ offset: true }).optional().describe('Exclusive.'),
});

export const auditEntrySchema = zod
  .object({
    id: zod.string(),
    at: instantSchema,
    actor: zod.string().describe('Name of the token, or `scheduler`.'),
    action: zod.string(),
    target: zod.string(),
    before: zod.unknown().describe('As it was; null where it does not apply.'),
    after: zod.unknown().describe('As it was to be.'),
    result: zod.string().describe('`done`, or the code of the error it ended with.'),
    traceId: zod.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });

export const auditListSchema = zod.object({
  items: zod.array(auditEntrySchema),
  nextCursor: nextCursorSchema,
});
