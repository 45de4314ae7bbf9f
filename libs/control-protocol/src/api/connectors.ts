import * as zod from 'zod';
import { dryRunQuery } from './paging.js';

const state = zod.enum(['RUNNING', 'PAUSED', 'STOPPED', 'FAILED', 'UNASSIGNED', 'RESTARTING']);

export const connectorSchema = zod
  .object({
    name: zod.string(),
    state: state.nullable().describe("Kafka Connect's own; null for a moment after it was created."),
    trace: zod.string().nullable().describe('Why it failed, free of secrets.'),
    tasks: zod.array(
      zod.object({ id: zod.int(), state, worker: zod.string(), trace: zod.string().nullable() }),
    ),
  })
  .meta({ id: 'Connector' });

export const connectorListSchema = zod.object({ items: zod.array(connectorSchema) });

export const restartQuery = zod.strictObject({
  ...dryRunQuery,
  onlyFailed: zod
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Leave what runs alone.'),
});

export const restartAnswerSchema = zod
  .object({
    connector: zod.string(),
    onlyFailed: zod.boolean(),
    dryRun: zod.boolean(),
    before: connectorSchema,
  })
  .meta({ id: 'ConnectorRestart' });
