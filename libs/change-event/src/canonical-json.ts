import { parse } from 'lossless-json';
import { canonicalDecimal } from './canonical-number.js';
import { unmappable } from './value-refusal.js';

/** A number kept as its canonical text while the document around it is sorted. */
class NumberText {
  constructor(readonly text: string) {}
}

/**
 * JSON text with sorted keys, no insignificant white space, and every number exact without exponent or trailing
 * zeros, so that `json`, `jsonb` and MySQL's JSON compare as text.
 * @throws RowbridgeError when the text is not JSON, repeats a key with another value, which jsonb cannot hold, or is nested
 *   more deeply than can be read
 */
export function canonicalJson(text: string): string {
  if (text.includes('"__proto__"')) throw unmappable('json', 'has a key named __proto__');
  try {
    return render(parse(text, null, { parseNumber: (digits) => new NumberText(canonicalDecimal(digits)) }));
  } catch {
    throw unmappable('json', 'is not JSON, repeats a key with another value, or is nested too deeply');
  }
}

/**
 * A one-dimensional array of numbers, texts, booleans and nulls, as canonical JSON.
 * @throws RowbridgeError when the text is no JSON, or anything but such an array
 */
export function canonicalArray(text: string): string {
  const canonical = canonicalJson(text);
  const document: unknown = JSON.parse(canonical);
  const isScalar = (element: unknown): boolean => element === null || typeof element !== 'object';
  if (!Array.isArray(document) || !document.every(isScalar)) {
    throw unmappable('array', 'is not a one-dimensional array');
  }
  return canonical;
}

export interface ArrayElement {
  readonly kind: 'text' | 'number' | 'boolean' | 'null';
  /** A text itself, a number's digits, `true`, `false` or `null`. */
  readonly text: string;
}

/** The elements of a canonical array, numbers with all their digits. */
export function arrayElements(canonical: string): readonly ArrayElement[] {
  const elements: ArrayElement[] = [];
  const last = canonical.length - 1;
  for (let start = 1; start < last;) {
    const comma = canonical.indexOf(',', start);
    const endOfScalar = comma < 0 ? last : comma;
    const end = canonical[start] === '"' ? endOfJsonText(canonical, start) : endOfScalar;
    elements.push(arrayElement(canonical.slice(start, end)));
    start = end + 1;
  }
  return elements;
}

function arrayElement(token: string): ArrayElement {
  if (token.startsWith('"')) return { kind: 'text', text: JSON.parse(token) as string };
  if (token === 'null') return { kind: 'null', text: token };
  return { kind: token === 'true' || token === 'false' ? 'boolean' : 'number', text: token };
}

/**
 * Where a text within a JSON document ends, behind its closing quote. A regular expression that looks for it overflows its
 * stack on a text of megabytes.
 * @param start of its opening quote
 */
export function endOfJsonText(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return json.length;
}

function render(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(render).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([first], [second]) =>
      first < second ? -1 : first > second ? 1 : 0,
    );
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${render(member)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
