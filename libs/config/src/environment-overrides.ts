import { readFileSync } from 'node:fs';
import { coerceText } from './coerce-text.js';
import type { ConfigurationKey } from './configuration-keys.js';
import type { ConfigurationProblem } from './configuration-problem.js';
import type { Environment } from './interpolate.js';

/** Key path (`source.host`) by environment variable. */
export type EnvironmentNames = Readonly<Record<string, string>>;

/** One key whose value the environment gives. */
export interface EnvironmentOverride {
  readonly path: readonly string[];
  readonly value: unknown;
  /** Variable it came from. */
  readonly name: string;
}

/** Variable that sets any key: `kafka.clientId` is `ROWBRIDGE_KAFKA_CLIENT_ID`. */
export function genericEnvironmentName(path: readonly string[]): string {
  const words = path.map((step) => step.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase());
  return `ROWBRIDGE_${words.join('_')}`;
}

/** All variables that set a key, the generic one first. Where several are set, the first of this order holds. */
export function environmentNamesOf(key: ConfigurationKey, names: EnvironmentNames): readonly string[] {
  const path = key.path.join('.');
  const declared = Object.keys(names).filter((name) => names[name] === path);
  return [genericEnvironmentName(key.path), ...declared];
}

export interface EnvironmentReading {
  readonly overrides: readonly EnvironmentOverride[];
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Values that the environment gives for keys, converted from text. An empty variable counts as not set. A secret may
 * also be given as `NAME_FILE`, the path of a file that holds it; one line break at its end does not count.
 */
export function readEnvironment(
  keys: readonly ConfigurationKey[],
  names: EnvironmentNames,
  environment: Environment,
): EnvironmentReading {
  const overrides: EnvironmentOverride[] = [];
  const problems: ConfigurationProblem[] = [];
  for (const key of keys) {
    for (const name of environmentNamesOf(key, names)) {
      const reading = readVariable({ key, name, environment });
      if (reading === undefined) continue;
      if ('text' in reading) problems.push(reading);
      else overrides.push(reading);
      break;
    }
  }
  return { overrides, problems };
}

interface Variable {
  readonly key: ConfigurationKey;
  readonly name: string;
  readonly environment: Environment;
}

function readVariable({
  key,
  name,
  environment,
}: Variable): EnvironmentOverride | ConfigurationProblem | undefined {
  const text = environment[name] ?? '';
  const file = key.secret ? (environment[`${name}_FILE`] ?? '') : '';
  const path = key.path.join('.');
  if (text !== '' && file !== '') {
    return {
      location: `environment variable ${name}`,
      path,
      text: `both ${name} and ${name}_FILE are set; keep one`,
    };
  }
  if (text !== '') return { path: key.path, name, value: coerceText(text, key.type) };
  if (file === '') return undefined;
  try {
    return { path: key.path, name: `${name}_FILE`, value: readFileSync(file, 'utf8').replace(/\r?\n$/, '') };
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure);
    return {
      location: `environment variable ${name}_FILE`,
      path,
      text: `the file cannot be read: ${reason}`,
    };
  }
}
