import * as zod from 'zod';
import { directionStatusSchema, pauseOrderSchema } from '../direction-status.js';
import { instantSchema } from './paging.js';

const seconds = zod.number().min(0);

const pauseSchema = pauseOrderSchema
  .pick({ actor: true, reason: true })
  .extend({ since: instantSchema })
  .describe('Who paused it, why and when.');

export const directionInstanceSchema = directionStatusSchema
  .omit({ configuration: true })
  .extend({
    lost: zod.boolean().describe('No report for 4 s.'),
    silentSeconds: seconds.describe('Since its latest report, by the clock of the API.'),
  })
  .meta({ id: 'DirectionInstance' });

export const directionStates = [...directionStatusSchema.shape.state.options, 'lost', 'unknown'] as const;

export const directionSchema = zod
  .object({
    name: zod.string(),
    pair: zod.string(),
    source: zod.object({ side: zod.string(), engine: zod.enum(['postgres', 'mysql']) }),
    target: zod.object({ side: zod.string(), engine: zod.enum(['postgres', 'mysql']) }),
    connector: zod.string().nullable().describe('The connector that reads the source, in Kafka Connect.'),
    consumerGroup: zod.string(),
    state: zod
      .enum(directionStates)
      .describe('`lost`: it reported and no longer does. `unknown`: it never reported, or ended in peace.'),
    paused: pauseSchema.nullable().describe('Order for the whole direction.'),
    tables: zod.array(
      zod.object({ table: zod.string(), topic: zod.string(), paused: pauseSchema.nullable() }),
    ),
    instances: zod.array(directionInstanceSchema),
  })
  .meta({ id: 'Direction' });

export const directionListSchema = zod.object({ items: zod.array(directionSchema) });

export const pauseRequestSchema = zod
  .strictObject({
    reason: zod
      .string()
      .trim()
      .min(1)
      .max(500)
      .optional()
      .describe('Kept with the order and in the audit log.'),
  })
  .meta({ id: 'PauseRequest' });

export const pauseAnswerSchema = zod
  .object({
    direction: zod.string(),
    table: zod.string().nullable(),
    paused: zod.boolean(),
    changed: zod.boolean().describe('False where that order held already.'),
    dryRun: zod.boolean(),
  })
  .meta({ id: 'PauseAnswer' });

export const topicLagSchema = zod
  .object({
    table: zod.string(),
    topic: zod.string(),
    messages: zod.int().min(0).describe('Records not applied.'),
    seconds: seconds.describe('Age of the oldest of them.'),
  })
  .meta({ id: 'TopicLag' });

export const directionLagSchema = zod
  .object({
    direction: zod.string(),
    group: zod.string(),
    measuredAt: instantSchema,
    messages: zod.int().min(0),
    seconds,
    topics: zod.array(topicLagSchema),
  })
  .meta({ id: 'DirectionLag' });

export const lagSchema = zod.object({ items: zod.array(directionLagSchema) });

export type Direction = zod.output<typeof directionSchema>;
export type DirectionLag = zod.output<typeof directionLagSchema>;
export type PauseAnswer = zod.output<typeof pauseAnswerSchema>;
