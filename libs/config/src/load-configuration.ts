import type * as zod from 'zod';
import { coerceText } from './coerce-text.js';
import { configurationKeys, type ConfigurationKey } from './configuration-keys.js';
import { refuseConfiguration, type ConfigurationProblem } from './configuration-problem.js';
import { describeIssue } from './describe-issue.js';
import {
  environmentNamesOf,
  readEnvironment,
  type EnvironmentNames,
  type EnvironmentOverride,
} from './environment-overrides.js';
import type { Environment } from './interpolate.js';
import { readYamlSource, type YamlSource } from './yaml-source.js';

export interface ConfigurationSources<Schema extends zod.ZodType> {
  /** Made of strict objects; every key holds a value or further keys. */
  readonly schema: Schema;
  /** Path of the YAML file; without one the environment gives everything. */
  readonly file?: string | undefined;
  readonly environment: Environment;
  /** Variables of other names than `ROWBRIDGE_<KEY_PATH>`, which always works: variable → key path. */
  readonly environmentNames?: EnvironmentNames;
}

/**
 * Reads a configuration: the file, over it the environment, checked against the schema as one.
 * @throws RowbridgeError `invalid_configuration` naming every problem with its file, line and key path
 */
export function loadConfiguration<Schema extends zod.ZodType>(
  sources: ConfigurationSources<Schema>,
): zod.output<Schema> {
  const { schema, file, environment, environmentNames = {} } = sources;
  const keys = configurationKeys(schema);
  const yaml = file === undefined ? undefined : readYamlSource(file, environment);
  const { overrides, problems } = readEnvironment(keys, environmentNames, environment);
  if (problems.length > 0) throw refuseConfiguration(problems);

  const values = valuesOf(yaml, keys);
  for (const { path, value } of overrides) setAt(values, path, value);
  const result = schema.safeParse(values);
  if (result.success) return result.data;

  const locate = locator({ yaml, overrides, keys, environmentNames });
  throw refuseConfiguration(
    result.error.issues.map((issue): ConfigurationProblem => {
      const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      return {
        location: locate([...issue.path, ...unknownKey]),
        path: issue.path.map(String).join('.'),
        text: describeIssue(issue, keys, getAt(values, issue.path)),
      };
    }),
  );
}

type Group = Record<string, unknown>;

function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valuesOf(yaml: YamlSource | undefined, keys: readonly ConfigurationKey[]): Group {
  const values = yaml?.values ?? {};
  if (!isGroup(values)) {
    throw refuseConfiguration([
      {
        location: yaml?.locate([]) ?? '',
        path: '',
        text: 'the file holds no keys; allowed: a group of keys',
      },
    ]);
  }
  for (const { path, type } of keys) {
    const found = getAt(values, path);
    if (typeof found === 'string' && yaml?.interpolated.has(path.join('.')))
      setAt(values, path, coerceText(found, type));
  }
  addMissingGroups(values, keys);
  return values;
}

/** So that the schema misses the keys of a group, which a person can set, and not the group as a whole. */
function addMissingGroups(values: Group, keys: readonly ConfigurationKey[]): void {
  for (const { path } of keys) {
    for (let depth = 1; depth < path.length; depth += 1) {
      const group = path.slice(0, depth);
      if (getAt(values, group) === undefined) setAt(values, group, {});
    }
  }
}

function getAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined,
    values,
  );
}

function setAt(values: Group, path: readonly string[], value: unknown): void {
  const [step, ...rest] = path;
  if (step === undefined) return;
  if (rest.length === 0) {
    values[step] = value;
    return;
  }
  const present = values[step] ?? {};
  if (!isGroup(present)) return; // The schema refuses what stands there.
  const group = present;
  values[step] = group;
  setAt(group, rest, value);
}

interface LocatorSources {
  readonly yaml: YamlSource | undefined;
  readonly overrides: readonly EnvironmentOverride[];
  readonly keys: readonly ConfigurationKey[];
  readonly environmentNames: EnvironmentNames;
}

/** Where a person would look for a key: the variable that set it, its line in the file, or what could set it. */
function locator({ yaml, overrides, keys, environmentNames }: LocatorSources) {
  return (path: readonly PropertyKey[]): string => {
    const keyPath = path.filter((step) => typeof step === 'string');
    const joined = keyPath.join('.');
    const override = overrides.find((candidate) => candidate.path.join('.') === joined);
    if (override) return `environment variable ${override.name}`;
    if (yaml && getAt(yaml.values, path) !== undefined) return yaml.locate(path);
    const key = keys.find((candidate) => candidate.path.join('.') === joined);
    const names = key ? environmentNamesOf(key, environmentNames).join(' or ') : '';
    if (!yaml) return names === '' ? 'environment' : `environment (${names})`;
    return names === '' ? yaml.locate(path) : `${yaml.locate(path)} or environment (${names})`;
  };
}
