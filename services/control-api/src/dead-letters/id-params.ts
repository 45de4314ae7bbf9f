import * as zod from 'zod';

/** The path of one dead letter. */
export const idParams = zod.object({
  id: zod
    .string()
    .regex(/^\d{1,10}-\d{1,19}$/)
    .describe('`<partition>-<offset>`.'),
});
