import * as zod from 'zod';
import { configurationOriginSchema } from '../direction-status.js';
import { dryRunQuery } from './paging.js';

const settingValue = configurationOriginSchema.shape.value;

export const configurationKeySchema = zod
  .object({
    path: zod.string().describe('Such as `batch.maxRows`.'),
    value: settingValue.describe('In force. Null where there is none; secrets are masked.'),
    from: zod.enum(['default', 'file', 'environment', 'runtime']),
    where: zod.string().describe('File, line and column; the variable; or who changed it at run time.'),
    otherwise: settingValue.describe('What file and environment say: in force again when it is taken back.'),
    changeable: zod.boolean().describe('While the service runs; the others need a restart.'),
    secret: zod.boolean(),
    allowed: zod.string().describe('In words.'),
    description: zod.string(),
  })
  .meta({ id: 'ConfigurationKey' });

export const configurationSchema = zod
  .object({
    directions: zod.array(
      zod.object({
        direction: zod.string(),
        version: zod.int().min(0).describe('Of what was changed at run time; 0 without any.'),
        inForce: zod.boolean().describe('Whether every instance has taken that version.'),
        keys: zod.array(configurationKeySchema).describe('Empty while no instance reports.'),
      }),
    ),
  })
  .meta({ id: 'Configuration' });

export const configurationChangeSchema = zod
  .strictObject({
    directions: zod
      .record(zod.string().min(1).max(200), zod.record(zod.string().min(1).max(200), settingValue))
      .describe(
        'Values by direction and path. What is left out stays; null takes a value changed at run time back; a masked secret is kept.',
      ),
  })
  .meta({ id: 'ConfigurationChange' });

export const configurationChangeQuery = zod.strictObject(dryRunQuery);

const changeSchema = zod.object({
  direction: zod.string(),
  path: zod.string(),
  before: settingValue,
  after: settingValue,
});

export const configurationAnswerSchema = zod
  .object({
    dryRun: zod.boolean(),
    changed: zod.array(changeSchema).describe('In force within seconds, and over restarts.'),
    needsRestart: zod
      .array(changeSchema.extend({ how: zod.string() }))
      .describe('Not changed: set these where they come from and restart the service.'),
  })
  .meta({ id: 'ConfigurationAnswer' });

export type ConfigurationView = zod.output<typeof configurationSchema>;
export type ConfigurationKeyView = zod.output<typeof configurationKeySchema>;
export type ConfigurationChange = zod.output<typeof configurationChangeSchema>;
export type ConfigurationAnswer = zod.output<typeof configurationAnswerSchema>;
export type SettingValue = zod.output<typeof settingValue>;
