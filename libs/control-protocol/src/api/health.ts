import * as zod from 'zod';
import { directionStates } from './directions.js';

export const healthSchema = zod
  .object({
    status: zod
      .enum(['healthy', 'degraded', 'unhealthy'])
      .describe('`unhealthy`: a database is down, or a direction is behind by more than the threshold.'),
    uptime: zod.number().min(0).describe('Seconds since the API started.'),
    checks: zod.array(
      zod.object({
        name: zod.string(),
        status: zod.enum(['up', 'down']),
        message: zod.string().optional(),
        latencyMs: zod.number().min(0).optional(),
      }),
    ),
    directions: zod.array(
      zod.object({
        name: zod.string(),
        state: zod.enum(directionStates),
        lagMessages: zod.int().min(0),
        lagSeconds: zod.number().min(0),
      }),
    ),
  })
  .meta({ id: 'Health' });

export const readinessSchema = zod.object({ ready: zod.boolean() });
export const livenessSchema = zod.object({ live: zod.boolean() });
