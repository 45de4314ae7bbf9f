import * as zod from 'zod';

/** One place in a request that is at fault. */
export const problemPlaceSchema = zod.object({
  in: zod.enum(['body', 'query', 'path', 'header']),
  pointer: zod
    .string()
    .describe('JSON pointer (RFC 6901) into that part of the request; empty for the whole.'),
  detail: zod.string().describe('What is wrong there and what is allowed; never the value found.'),
});

/** Every error answer of the control API: RFC 9457, media type application/problem+json. */
export const problemSchema = zod
  .object({
    type: zod.string().describe('`urn:rowbridge:problem:<code>`.'),
    title: zod.string().describe('What the code means.'),
    status: zod.int().min(400).max(599),
    code: zod.string().describe('Stable error code, as in the reference of error codes.'),
    detail: zod.string().describe('What happened here, and what to do.'),
    instance: zod
      .string()
      .describe('`urn:trace:<trace id>`, by which the log lines of the request are found.'),
    errors: zod.array(problemPlaceSchema).optional().describe('The places at fault, all at once.'),
    dependency: zod
      .string()
      .optional()
      .describe('What could not be reached: kafka, connect, store, registry, or database <name>.'),
    requiredScope: zod.string().optional().describe('The scope the token lacks.'),
    context: zod
      .record(zod.string(), zod.union([zod.string(), zod.number(), zod.boolean(), zod.null()]))
      .optional()
      .describe('Names and counts a program can act on, such as the id of the run that is going on.'),
  })
  .meta({ id: 'Problem' });

export type Problem = zod.output<typeof problemSchema>;
export type ProblemPlace = zod.output<typeof problemPlaceSchema>;
