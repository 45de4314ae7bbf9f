import {
  arrayElements,
  canonicalDecimal,
  canonicalFloat32,
  canonicalUuid,
  canonicalWallClock,
  endOfJsonText,
  pointOfGeometry,
} from '@rowbridge/change-event';
import type { ArrayElement } from '@rowbridge/change-event';
import type { ColumnLimits, Refuse } from './column-limits.js';

/**
 * What an array's elements are. Integers, floats and booleans are JSON's own; all others are strings of their canonical
 * text, which the server would otherwise rewrite or round without a word.
 */
export type ElementKind =
  'text' | 'integer' | 'float32' | 'float64' | 'boolean' | 'decimal' | 'uuid' | 'wall_clock' | 'bytes';

const jsonNumber = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const smallestSigned = -(2n ** 63n);
const largestUnsigned = 2n ** 64n - 1n;

/** Checks a canonical JSON text (I8). @throws RowbridgeError what `refuse` makes */
export function checkDocument(value: string, limits: ColumnLimits, refuse: Refuse): void {
  if (limits.bytes !== null && value.length * 3 > limits.bytes && Buffer.byteLength(value) > limits.bytes) {
    throw refuse('value_too_long', `the column holds at most ${limits.bytes} bytes`);
  }
  if (limits.jsonText && /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(value)) {
    throw refuse('out_of_range', 'the column cannot hold U+0000 or half a surrogate pair within JSON');
  }
  if (limits.jsonFloats && !numbersOf(value).every(survivesFloat)) {
    throw refuse('out_of_range', 'the column keeps numbers of JSON as 64-bit integers or floats');
  }
  if (limits.jsonTextMap && !isTextMap(JSON.parse(value))) {
    throw refuse('out_of_range', 'the column holds one object of texts and nulls');
  }
}

/** Digits within texts do not count. */
function numbersOf(json: string): readonly string[] {
  const numbers: string[] = [];
  for (let start = 0; start < json.length;) {
    const quote = json.indexOf('"', start);
    const end = quote < 0 ? json.length : quote;
    for (const number of json.slice(start, end).match(jsonNumber) ?? []) numbers.push(number);
    start = quote < 0 ? end : endOfJsonText(json, quote);
  }
  return numbers;
}

/** Canonical numbers have no exponent: an integer is kept as one where it fits 64 bits. */
function survivesFloat(number: string): boolean {
  if (/^-?\d+$/.test(number)) {
    const integer = BigInt(number);
    if (integer >= smallestSigned && integer <= largestUnsigned) return true;
  }
  return isFloat(number);
}

/** A single-precision value travels as the shortest text that reads back as it; more digits than that are lost. */
function isSingleFloat(number: string): boolean {
  return isFloat(number) && canonicalDecimal(canonicalFloat32(number)) === number;
}

function isTextMap(document: unknown): boolean {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return false;
  return Object.values(document).every((member) => member === null || typeof member === 'string');
}

/** Checks a canonical array (I8). @throws RowbridgeError what `refuse` makes */
export function checkArray(value: string, limits: ColumnLimits, refuse: Refuse): void {
  checkDocument(value, limits, refuse);
  const { elements } = limits;
  if (elements === null) return;
  if (limits.refusesNulCharacter && /(?:^|[^\\])(?:\\\\)*\\u0000/.test(value)) {
    throw refuse('out_of_range', 'the column cannot hold the character U+0000');
  }
  for (const element of arrayElements(value)) {
    if (element.kind === 'text' && isTooLong(element.text, limits)) {
      throw refuse('value_too_long', `the column's elements hold at most ${limits.characters} characters`);
    }
    if (element.kind !== 'null' && !isElement(element, limits, elements)) {
      throw refuse('out_of_range', `the column's elements are of type ${elements}`);
    }
  }
}

function isElement({ kind, text }: ArrayElement, limits: ColumnLimits, wanted: ElementKind): boolean {
  switch (wanted) {
    case 'boolean':
      return kind === wanted;
    case 'integer':
      return kind === 'number' && /^-?\d+$/.test(text);
    case 'float32':
    case 'float64':
      if (kind === 'text') return /^(?:NaN|-?Infinity)$/.test(text);
      return kind === 'number' && (wanted === 'float64' ? isFloat(text) : isSingleFloat(text));
    default:
      return kind === 'text' && keepsText[wanted](text, limits);
  }
}

function isTooLong(text: string, { characters }: ColumnLimits): boolean {
  return characters !== null && text.length > characters && Array.from(text).length > characters;
}

type TextKind = Exclude<ElementKind, 'boolean' | 'integer' | 'float32' | 'float64'>;

/** Whether the server keeps the text of an element as it is. */
const keepsText: Readonly<Record<TextKind, (text: string, limits: ColumnLimits) => boolean>> = {
  text: () => true,
  decimal: keepsDecimal,
  uuid: (text) => isCanonical(canonicalUuid, text),
  wall_clock: (text, limits) => isCanonical(canonicalWallClock, text) && keepsFraction(text, limits),
  bytes: (text) => /^(?:[0-9a-f]{2})*$/.test(text),
};

function isCanonical(canonical: (text: string) => string, text: string): boolean {
  try {
    return canonical(text) === text;
  } catch {
    return false;
  }
}

function keepsFraction(text: string, { fractionDigits }: ColumnLimits): boolean {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return !/[1-9]/.test(fraction.slice(fractionDigits ?? 6));
}

/** Events do not tell numbers within arrays from texts, so their zeros are kept: as many as the column's scale has. */
function keepsDecimal(text: string, { decimals }: ColumnLimits): boolean {
  const [, whole = '', fraction = ''] = /^-?(0|[1-9]\d*)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === '') return text === 'NaN' || (decimals === null && /^-?Infinity$/.test(text));
  if (/^-[0.]+$/.test(text)) return false;
  if (decimals === null) return true;
  const { precision, scale } = decimals;
  return fraction.length === Math.max(scale, 0) && whole.replace(/^0$/, '').length <= precision - scale;
}

function isFloat(number: string): boolean {
  return Number.isFinite(Number(number)) && canonicalDecimal(String(Number(number))) === number;
}

/** Checks a canonical geometry (I8). @throws RowbridgeError what `refuse` makes */
export function checkGeometry(value: string, limits: ColumnLimits, refuse: Refuse): void {
  if (!limits.plainPoints) return;
  if (pointOfGeometry(value) === null) {
    throw refuse('out_of_range', 'the column holds points of the plane without reference system');
  }
}
