import * as zod from 'zod';

/** Query of every list: how many, and where to go on. */
export const pagingQuery = {
  limit: zod.coerce.number().int().min(1).max(500).default(50).describe('Most items of one page.'),
  cursor: zod
    .string()
    .min(1)
    .max(1_000)
    .optional()
    .describe('`nextCursor` of the page before; nothing else may be read from it.'),
};

/** Query of what can be tried without doing it. */
export const dryRunQuery = {
  dryRun: zod
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Answer what would be done, and do nothing.'),
};

export const nextCursorSchema = zod
  .string()
  .nullable()
  .describe('Cursor of the next page; null on the last.');

/** An instant in the answers: ISO 8601, UTC, milliseconds or finer. */
export const instantSchema = zod.string().describe('ISO 8601, UTC.');

/** The scopes of a token. `read` sees, `operate` steers, `replay` acts on dead letters, `unmask` sees personal data. */
export const scopes = ['read', 'operate', 'replay', 'unmask'] as const;

export type Scope = (typeof scopes)[number];
