import { directionConfigurationSchema, maskedSecret } from '@rowbridge/config';
import type {
  ConfigurationAnswer,
  ConfigurationChange,
  ConfigurationKeyView,
  ProblemPlace,
  SettingValue,
} from '@rowbridge/control-protocol';
import { jsonPointer } from '../http/validate-request.js';
import { RequestProblem } from '../http/request-problem.js';
import type { DirectionConfigurationView } from './view-configuration.js';

/** What a change comes to. */
export interface PlannedChange {
  readonly changed: ConfigurationAnswer['changed'];
  readonly needsRestart: ConfigurationAnswer['needsRestart'];
  /** The whole of what is changed at run time afterwards, by direction that changes. */
  readonly settings: ReadonlyMap<string, Readonly<Record<string, string | number>>>;
}

/**
 * Works out a change against what is in force, validated as a whole.
 * @throws RequestProblem `request_invalid` pointing at every place at fault
 */
export function planChange(
  change: ConfigurationChange,
  current: readonly DirectionConfigurationView[],
): PlannedChange {
  const changed: PlannedChange['changed'] = [];
  const needsRestart: PlannedChange['needsRestart'] = [];
  const settings = new Map<string, Readonly<Record<string, string | number>>>();
  const places: ProblemPlace[] = [];
  for (const [direction, values] of Object.entries(change.directions)) {
    const view = current.find((candidate) => candidate.direction === direction);
    const refuse = (path: readonly string[], detail: string): void =>
      void places.push({ in: 'body', pointer: jsonPointer(['directions', direction, ...path]), detail });
    if (view === undefined) {
      refuse([], 'there is no direction of this name');
      continue;
    }
    if (view.keys.length === 0) throw silentDirection(direction);
    const wanted = wantedValues(view, values, refuse);
    for (const { path, detail } of wholeFaults(view, wanted)) refuse(path, detail);
    const differing = view.keys.filter(
      ({ path, value }) => wanted.has(path) && !sameValue(wanted.get(path), value),
    );
    for (const key of differing) {
      const entry = { direction, path: key.path, before: key.value, after: wanted.get(key.path) ?? null };
      if (key.changeable) changed.push(entry);
      else
        needsRestart.push({ ...entry, after: key.secret ? maskedSecret : entry.after, how: howToSet(key) });
    }
    if (differing.some(({ changeable }) => changeable)) settings.set(direction, settingsAfter(view, wanted));
  }
  if (places.length > 0) {
    throw new RequestProblem(
      'request_invalid',
      'The configuration would not be valid; nothing was changed.',
      {
        places,
      },
    );
  }
  return { changed, needsRestart, settings };
}

function silentDirection(direction: string): RequestProblem {
  return new RequestProblem(
    'illegal_transition',
    `No instance of ${direction} reports, so what it was started with is not known. Start it, then change it.`,
    { context: { direction } },
  );
}

/** By path: what is asked for, with null replaced by what file and environment say. */
function wantedValues(
  view: DirectionConfigurationView,
  values: Readonly<Record<string, SettingValue>>,
  refuse: (path: readonly string[], detail: string) => void,
): ReadonlyMap<string, SettingValue> {
  const wanted = new Map<string, SettingValue>();
  for (const [path, value] of Object.entries(values)) {
    const key = view.keys.find((candidate) => candidate.path === path);
    if (key === undefined) refuse([path], 'there is no key of this path');
    else if (value === null) wanted.set(path, key.otherwise);
    else wanted.set(path, value);
  }
  return wanted;
}

/** What the schema finds wrong in all values together; secrets stand masked, which is a text like any other. */
function wholeFaults(
  view: DirectionConfigurationView,
  wanted: ReadonlyMap<string, SettingValue>,
): readonly { readonly path: readonly string[]; readonly detail: string }[] {
  const values: Record<string, unknown> = {};
  for (const { path, value } of view.keys) {
    const whole = wanted.has(path) ? wanted.get(path) : value;
    if (whole !== null) setAt(values, path.split('.'), whole);
  }
  const { error } = directionConfigurationSchema.safeParse(values);
  return (error?.issues ?? []).map(({ path, message }) => {
    const joined = path.filter((step) => typeof step === 'string').join('.');
    const allowed = view.keys.find((key) => key.path === joined)?.allowed;
    return { path: [joined], detail: allowed === undefined ? message : `allowed: ${allowed}` };
  });
}

function setAt(group: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [step, ...rest] = path;
  if (step === undefined) return;
  if (rest.length === 0) {
    group[step] = value;
    return;
  }
  const below = (group[step] ??= {}) as Record<string, unknown>;
  setAt(below, rest, value);
}

function sameValue(left: SettingValue | undefined, right: SettingValue): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** What differs from file and environment among the keys that change at run time. */
function settingsAfter(
  { keys }: DirectionConfigurationView,
  wanted: ReadonlyMap<string, SettingValue>,
): Readonly<Record<string, string | number>> {
  const changeable = keys.filter((key) => key.changeable);
  return Object.fromEntries(
    changeable.flatMap(({ path, value, from, otherwise }): [string, string | number][] => {
      const after = wanted.get(path) ?? (from === 'runtime' ? value : otherwise);
      const isSetting = typeof after === 'string' || typeof after === 'number';
      return isSetting && !sameValue(after, otherwise) ? [[path, after]] : [];
    }),
  );
}

function howToSet({ path, from, where }: ConfigurationKeyView): string {
  const place =
    from === 'file'
      ? `Change ${path} at ${where}`
      : `Set the environment variable ${where}, or ${path} in the file`;
  return `${place}, then restart the service.`;
}
