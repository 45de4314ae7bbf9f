import { networkRules } from './network-rules.js';
import { podSecurityStandard } from './pod-security-standard.js';
import { referenceRules } from './reference-rules.js';
import { workloadsOf, type PodTemplate, type Resource } from './resource.js';
import { valueRules } from './value-rules.js';
import { serviceRules, workloadRules } from './workload-rules.js';

/** Every rule, by the name a fault has. */
export const ruleNames: readonly string[] = [
  podSecurityStandard,
  workloadRules,
  serviceRules,
  referenceRules,
  networkRules,
  valueRules,
].flatMap((rules) => Object.keys(rules));

/**
 * Holds resources that are deployed together to every rule.
 * @returns `<rule>: <resource>: <what in it>` for each that does not hold
 */
export function findManifestFaults(resources: readonly Resource[]): readonly string[] {
  return [
    ...workloadsOf(resources).flatMap(({ resource, template }) => [
      ...findPodFaults(nameOf(resource), template),
      ...faultsOf({ ...workloadRules, ...serviceRules }, { resource, template }, nameOf(resource)),
    ]),
    ...faultsOf({ ...referenceRules, ...networkRules }, resources, 'together'),
    ...resources.flatMap((resource) => faultsOf(valueRules, resource, nameOf(resource))),
  ];
}

/** Holds the pods of a template to the Pod Security Standard alone. */
export function findPodFaults(where: string, template: PodTemplate): readonly string[] {
  return faultsOf(podSecurityStandard, template, where);
}

function faultsOf<Subject>(
  rules: Readonly<Record<string, (subject: Subject) => readonly string[]>>,
  subject: Subject,
  where: string,
): readonly string[] {
  return Object.entries(rules).flatMap(([rule, check]) =>
    check(subject).map((what) => `${rule}: ${where}: ${what}`),
  );
}

const nameOf = ({ kind, metadata }: Resource): string => `${kind} ${metadata.name}`;
