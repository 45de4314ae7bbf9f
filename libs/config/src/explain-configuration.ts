import type * as zod from 'zod';
import { configurationKeys } from './configuration-keys.js';
import { environmentNamesOf, readEnvironment } from './environment-overrides.js';
import { loadConfiguration, type ConfigurationSources } from './load-configuration.js';
import { Secret } from './secret.js';
import { readYamlSource } from './yaml-source.js';

/** One key of a configuration: its value and where that comes from. */
export interface ExplainedKey {
  /** Such as `batch.maxRows`. */
  readonly path: string;
  /** Null where there is none; secrets are masked. */
  readonly value: string | number | boolean | readonly (string | number)[] | null;
  readonly from: 'default' | 'file' | 'environment';
  /** `rowbridge.yaml:12:5`, the variable's name, or for a default the variable that would set it. */
  readonly where: string;
}

/**
 * Every key of a valid configuration with its origin.
 * @throws RowbridgeError `invalid_configuration` as {@link loadConfiguration}
 */
export function explainConfiguration(sources: ConfigurationSources<zod.ZodType>): readonly ExplainedKey[] {
  const { schema, file, environment, environmentNames = {} } = sources;
  const configuration = loadConfiguration(sources);
  const keys = configurationKeys(schema);
  const yaml = file === undefined ? undefined : readYamlSource(file, environment);
  const { overrides } = readEnvironment(keys, environmentNames, environment);
  return keys.map((key): ExplainedKey => {
    const path = key.path.join('.');
    const value = shownValue(key.secret, valueAt(configuration, key.path));
    const override = overrides.find((candidate) => candidate.path.join('.') === path);
    if (override) return { path, value, from: 'environment', where: override.name };
    if (yaml && valueAt(yaml.values, key.path) !== undefined) {
      return { path, value, from: 'file', where: yaml.locate(key.path) };
    }
    return { path, value, from: 'default', where: environmentNamesOf(key, environmentNames)[0] ?? '' };
  });
}

/** What stands for a secret wherever a configuration is shown. */
export const maskedSecret = String(new Secret('shown nowhere'));

function shownValue(isSecret: boolean, value: unknown): ExplainedKey['value'] {
  if (value === undefined || value === null) return null;
  if (isSecret || value instanceof Secret) return maskedSecret;
  if (Array.isArray(value)) return value as readonly (string | number)[];
  return value as string | number | boolean;
}

function valueAt(values: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string, unknown>)[step]
        : undefined,
    values,
  );
}
