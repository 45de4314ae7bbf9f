import { configurationKeys } from './configuration-keys.js';
import { refuseConfiguration } from './configuration-problem.js';
import { describeIssue } from './describe-issue.js';
import { directionConfigurationSchema, type DirectionConfiguration } from './direction-configuration.js';

/** The parts of a direction's configuration that hold keys which change while it runs. */
const changingParts = directionConfigurationSchema.pick({
  batch: true,
  retry: true,
  breaker: true,
  secondLook: true,
  health: true,
  logLevel: true,
});

/**
 * A configuration with some values replaced, checked by the schema as a whole: no value may be out of its range, nor
 * contradict another.
 * @param values by path, such as `batch.maxRows`
 * @throws RowbridgeError `invalid_configuration` naming every problem
 */
export function withRuntimeSettings(
  configuration: DirectionConfiguration,
  values: Readonly<Record<string, string | number>>,
): DirectionConfiguration {
  const { batch, retry, breaker, secondLook, health, logLevel } = configuration;
  const changed: Record<string, unknown> = structuredClone({
    batch,
    retry,
    breaker,
    secondLook,
    health,
    logLevel,
  });
  for (const [path, value] of Object.entries(values)) setAt(changed, path.split('.'), value);
  const result = changingParts.safeParse(changed);
  if (result.success) return { ...configuration, ...result.data };
  const keys = configurationKeys(changingParts);
  throw refuseConfiguration(
    result.error.issues.map((issue) => ({
      location: 'settings changed at run time',
      path: issue.path.map(String).join('.'),
      text: describeIssue(issue, keys, getAt(changed, issue.path)),
    })),
  );
}

function setAt(group: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [step, ...rest] = path;
  if (step === undefined) return;
  const below = Object.hasOwn(group, step) ? group[step] : undefined;
  if (rest.length === 0 || typeof below !== 'object' || below === null) group[step] = value;
  else setAt(below as Record<string, unknown>, rest, value);
}

function getAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    values,
  );
}
