import type { core } from 'zod';
import type { ConfigurationKey } from './configuration-keys.js';

/**
 * One finding of the schema in words: what is wrong, what was found, what is allowed. Values of secret keys are
 * masked, and so are user names and passwords within addresses.
 */
export function describeIssue(
  issue: core.$ZodIssue,
  keys: readonly ConfigurationKey[],
  found: unknown,
): string {
  if (issue.code === 'unrecognized_keys') return describeUnknownKeys(issue, keys);
  if (issue.code === 'custom') return issue.message;
  const key = keys.find(({ path }) => path.join('.') === keyPathOf(issue));
  const allowed = key ? key.allowed : 'a group of keys';
  if (found === undefined) return `is required and missing; allowed: ${allowed}`;
  return `found ${key?.secret ? 'a value that is not shown' : show(found)}; allowed: ${allowed}`;
}

/** Key path without the positions of list items, since a list is one key. */
function keyPathOf(issue: core.$ZodIssue): string {
  return issue.path.filter((step) => typeof step === 'string').join('.');
}

function describeUnknownKeys(
  issue: core.$ZodIssueUnrecognizedKeys,
  keys: readonly ConfigurationKey[],
): string {
  const parent = issue.path.map(String);
  const siblings = keys
    .filter(({ path }) => parent.every((step, depth) => path[depth] === step))
    .map(({ path }) => path[parent.length]);
  const unknown = issue.keys.map((name) => `"${name}"`).join(', ');
  return `unknown key ${unknown}; allowed: ${[...new Set(siblings)].join(', ')}`;
}

function show(found: unknown): string {
  if (typeof found === 'object' && found !== null) return Array.isArray(found) ? 'a list' : 'a group of keys';
  return (JSON.stringify(found) ?? String(found)).replace(/(\/\/)[^/@]*@/g, '$1[redacted]@');
}
