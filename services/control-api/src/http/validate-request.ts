import type { ProblemPlace } from '@rowbridge/control-protocol';
import type * as zod from 'zod';
import { RequestProblem } from './request-problem.js';

type PartName = ProblemPlace['in'];

/** One part of a request and the schema it must fit; without a schema it is not looked at. */
export interface RequestPart {
  readonly name: PartName;
  readonly schema: zod.ZodType | undefined;
  readonly found: unknown;
}

/**
 * Checks all parts of a request at once.
 * @returns their values by part, as the schemas give them out
 * @throws RequestProblem `request_invalid` with a pointer to every place at fault; it quotes no value
 */
export function validateRequest(parts: readonly RequestPart[]): Readonly<Partial<Record<PartName, unknown>>> {
  const values: Partial<Record<PartName, unknown>> = {};
  const places: ProblemPlace[] = [];
  for (const { name, schema, found } of parts) {
    if (schema === undefined) continue;
    const result = schema.safeParse(found);
    const unstorable = unstorableText(found, '');
    if (unstorable !== null) {
      places.push({ in: name, pointer: unstorable, detail: 'holds a NUL or half a surrogate pair' });
    } else if (result.success) values[name] = result.data;
    else places.push(...result.error.issues.flatMap((issue) => placesOf(name, issue)));
  }
  if (places.length > 0) {
    const where = places.map((place) => `${place.in} ${place.pointer}: ${place.detail}`).slice(0, 5);
    const problem = `The request is not of the form it should have: ${where.join('; ')}`;
    throw new RequestProblem('request_invalid', problem, { places });
  }
  return values;
}

function placesOf(part: PartName, issue: zod.core.$ZodIssue): readonly ProblemPlace[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: part,
      pointer: jsonPointer([...issue.path, key]),
      detail: 'is not known here',
    }));
  }
  return [{ in: part, pointer: jsonPointer(issue.path), detail: issue.message }];
}

/** RFC 6901. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const unstorable = /\0|\p{Surrogate}/u;

/** No database of ours takes such text: pointer to the first; null where all is well. */
function unstorableText(found: unknown, pointer: string): string | null {
  if (typeof found === 'string') return unstorable.test(found) ? pointer : null;
  if (typeof found !== 'object' || found === null) return null;
  for (const [key, below] of Object.entries(found)) {
    if (unstorable.test(key)) return pointer;
    const inside = unstorableText(below, `${pointer}${jsonPointer([key])}`);
    if (inside !== null) return inside;
  }
  return null;
}
