import { Cron } from 'croner';
import { bytesOf, coresOf } from './quantity.js';
import { containersOf, ofKind, workloadsOf, type Labels, type Resource } from './resource.js';

type ValueRule = (resource: Resource) => readonly string[];

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedName = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** A name of a part of the domain name system: RFC 1123, at most 63 characters. */
const isLabel = (text: string): boolean => text.length <= 63 && label.test(text);
const isSubdomain = (text: string): boolean => text.length <= 253 && text.split('.').every(isLabel);

/** Names that become part of an address of their own, so they may hold no dot. */
const addressed = ['Service', 'Namespace'];

/**
 * What the API server refuses and no published schema says: what names, labels, ports, schedules and quantities may
 * look like. https://kubernetes.io/docs/concepts/overview/working-with-objects/names and …/labels.
 */
export const valueRules = {
  'names that are names of domains': ({ kind, metadata }) => {
    const isName = addressed.includes(kind)
      ? isLabel(metadata.name) && (kind !== 'Service' || /^[a-z]/.test(metadata.name))
      : isSubdomain(metadata.name);
    const { namespace = 'default' } = metadata;
    return isName && isLabel(namespace) ? [] : [metadata.name];
  },
  'labels of at most 63 letters, digits, dots, dashes and underscores': (resource) =>
    labelsOf(resource).flatMap(([key, value]) =>
      isKey(key) && value.length <= 63 && (value === '' || qualifiedName.test(value)) ? [] : [key],
    ),
  'annotations with keys like those of labels': ({ metadata }) =>
    Object.keys(metadata.annotations ?? {}).filter((key) => !isKey(key)),
  'ports from 1 to 65535': (resource) =>
    valuesAt(resource, ['port', 'containerPort', 'targetPort', 'hostPort', 'nodePort']).flatMap((port) =>
      typeof port !== 'number' || (port >= 1 && port <= 65_535) ? [] : [String(port)],
    ),
  'names of ports of at most 15 small letters, digits and dashes, one letter at least': (resource) =>
    valuesAt(resource, ['ports']).flatMap((ports) =>
      (Array.isArray(ports) ? (ports as { name?: string }[]) : []).flatMap(({ name }) =>
        name === undefined ||
        (name.length <= 15 && isLabel(name) && /[a-z]/.test(name) && !name.includes('--'))
          ? []
          : [name],
      ),
    ),
  'names of variables that a shell could have': (resource) =>
    workloadsOf([resource]).flatMap(({ template }) =>
      containersOf(template.spec).flatMap(({ env = [] }) =>
        env.map(({ name }) => name).filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)),
      ),
    ),
  'amounts of CPU, memory and storage that mean what they say': (resource) =>
    valuesAt(resource, ['requests', 'limits']).flatMap((amounts) =>
      Object.entries((amounts ?? {}) as Record<string, string | number>).flatMap(([name, amount]) =>
        Number.isNaN(name === 'cpu' ? coresOf(amount) : bytesOf(amount)) ? [`${name}: ${amount}`] : [],
      ),
    ),
  'schedules that a clock can follow': (resource) =>
    schedulesOf(resource).filter((schedule) => !isSchedule(schedule)),
} satisfies Readonly<Record<string, ValueRule>>;

function isKey(key: string): boolean {
  const [name = '', prefix, ...rest] = key.split('/').reverse();
  return (
    rest.length === 0 &&
    name.length <= 63 &&
    qualifiedName.test(name) &&
    (prefix === undefined || isSubdomain(prefix))
  );
}

/** Those of the resource, of the pods it makes, and those it selects by; a rule of Prometheus has labels of another kind. */
function labelsOf({ metadata, spec }: Resource): readonly (readonly [string, string])[] {
  const templates = valuesAt(spec, ['metadata']) as readonly ({ labels?: Labels } | null)[];
  const selectors = valuesAt(spec, ['matchLabels']) as readonly (Labels | null)[];
  return [metadata.labels, ...templates.map((template) => template?.labels), ...selectors].flatMap((labels) =>
    Object.entries(labels ?? {}),
  );
}

/** Every value below one of these keys, at any depth. */
function valuesAt(content: unknown, keys: readonly string[]): readonly unknown[] {
  if (typeof content !== 'object' || content === null) return [];
  return Object.entries(content).flatMap(([key, value]) => [
    ...(keys.includes(key) ? [value as unknown] : []),
    ...valuesAt(value, keys),
  ]);
}

/** Of a CronJob, and of what starts and ends a KEDA trigger of the kind cron. */
function schedulesOf(resource: Resource): readonly string[] {
  const jobs = ofKind([resource], 'CronJob').flatMap(({ spec }) => (spec as { schedule: string }).schedule);
  const { triggers = [] } = (resource.spec ?? {}) as {
    triggers?: readonly { type: string; metadata: Record<string, string> }[];
  };
  return [
    ...jobs,
    ...triggers.flatMap(({ type, metadata: { start = '', end = '' } }) =>
      type === 'cron' ? [start, end] : [],
    ),
  ];
}

function isSchedule(schedule: string): boolean {
  if (schedule.trim().split(/\s+/).length !== 5 && !schedule.startsWith('@')) return false;
  try {
    return new Cron(schedule, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}
