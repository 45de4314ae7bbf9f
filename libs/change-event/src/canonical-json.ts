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
 * @throws RowbridgeError when the text is not JSON or repeats a key with another value, which jsonb cannot hold
 */
export function canonicalJson(text: string): string {
  if (text.includes('"__proto__"')) throw unmappable('json', 'has a key named __proto__');
  let document: unknown;
  try {
    document = parse(text, null, { parseNumber: (digits) => new NumberText(canonicalDecimal(digits)) });
  } catch {
    throw unmappable('json', 'is not JSON, or repeats a key with another value');
  }
  return render(document);
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

const arrayToken = /"[^"\\]*(?:\\.[^"\\]*)*"|[^[\],"]+/g;

/** The elements of a canonical array, numbers with all their digits. */
export function arrayElements(canonical: string): readonly ArrayElement[] {
  return (canonical.match(arrayToken) ?? []).map((token): ArrayElement => {
    if (token.startsWith('"')) return { kind: 'text', text: JSON.parse(token) as string };
    if (token === 'null') return { kind: 'null', text: token };
    return { kind: token === 'true' || token === 'false' ? 'boolean' : 'number', text: token };
  });
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
