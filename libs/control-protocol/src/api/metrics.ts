import { recordOutcomes } from '@rowbridge/errors';
import * as zod from 'zod';
import { directionStates } from './directions.js';

const count = zod.int().min(0);
const seconds = zod.number().min(0);

export const metricsSchema = zod
  .object({
    directions: zod.array(
      zod.object({
        direction: zod.string(),
        state: zod.enum(directionStates),
        lagMessages: count.describe('Measured from outside.'),
        lagSeconds: seconds.describe('Measured from outside.'),
        tables: zod
          .array(
            zod.object({
              table: zod.string(),
              outcomes: zod.partialRecord(zod.enum(recordOutcomes), count),
              conflicts: count,
              pendingLooks: count,
              lagSeconds: seconds.describe('As the direction says, pending looks included.'),
            }),
          )
          .describe('Counted by the running instances since each started.'),
      }),
    ),
    openDeadLetters: count.nullable().describe('Null while the control store does not answer.'),
    connectors: zod
      .array(zod.object({ name: zod.string(), state: zod.string() }))
      .nullable()
      .describe('Null while Kafka Connect does not answer.'),
  })
  .meta({ id: 'Metrics' });
