import { outOfRange, unmappable } from './value-refusal.js';

const int64Minimum = -(2n ** 63n);
const int64Maximum = 2n ** 63n - 1n;
const uint64Maximum = 2n ** 64n - 1n;
const integerText = /^([+-]?)0*(\d+)$/;
const plainInteger = /^(?:0|-?[1-9]\d{0,14})$/;
const decimalText = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;
const plainDecimal = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;

/** PostgreSQL's numeric holds 131,072 digits before and 16,383 after the point; nothing longer is a number of a row. */
const longestDecimal = 150_000;

const specialNumbers: ReadonlyMap<string, string> = new Map([
  ['nan', 'NaN'],
  ['infinity', 'Infinity'],
  ['+infinity', 'Infinity'],
  ['inf', 'Infinity'],
  ['-infinity', '-Infinity'],
  // Debezium's words for them where decimals are texts.
  ['positive_infinity', 'Infinity'],
  ['negative_infinity', '-Infinity'],
  ['-inf', '-Infinity'],
]);

/**
 * An integer without leading zeros or plus sign.
 * @throws RowbridgeError when the text is no integer, or does not fit 64 bits with sign
 */
export function canonicalInt64(text: string): string {
  if (plainInteger.test(text)) return text;
  const match = integerText.exec(text);
  if (!match) throw unmappable('int64', 'is not an integer');
  const digits = match[2] as string;
  const value = match[1] === '-' ? -BigInt(digits) : BigInt(digits);
  if (value < int64Minimum || value > int64Maximum) throw outOfRange('int64', 'does not fit 64 bits');
  return value.toString();
}

/**
 * An integer from 0 to 2^64-1, without leading zeros or plus sign.
 * @throws RowbridgeError when the text is no integer, or does not fit 64 bits without sign
 */
export function canonicalUint64(text: string): string {
  const match = integerText.exec(text);
  if (!match) throw unmappable('uint64', 'is not an integer');
  const value = BigInt(match[2] as string);
  if (value > uint64Maximum || (match[1] === '-' && value > 0n)) {
    throw outOfRange('uint64', 'does not fit 64 bits without sign');
  }
  return value.toString();
}

/**
 * A decimal without exponent, leading or trailing zeros; `NaN`, `Infinity` and `-Infinity` for PostgreSQL's special
 * values.
 * @throws RowbridgeError when the text is no decimal number, or is longer than any database stores
 */
export function canonicalDecimal(text: string): string {
  if (plainDecimal.test(text) && text !== '-0') return text;
  const special = specialNumbers.get(text.toLowerCase());
  if (special !== undefined) return special;
  const match = decimalText.exec(text);
  const [sign = '', whole = '', fraction = '', exponentText = '0'] = match ? match.slice(1) : [];
  if (!match || whole.length + fraction.length === 0) throw unmappable('decimal', 'is not a decimal number');
  const exponent = Number(exponentText);
  if (whole.length + fraction.length + Math.abs(exponent) > longestDecimal) {
    throw outOfRange('decimal', 'has more digits than a database stores');
  }
  return renderDecimal({
    negative: sign === '-',
    digits: whole + fraction,
    pointAt: whole.length + exponent,
  });
}

function renderDecimal(parts: { negative: boolean; digits: string; pointAt: number }): string {
  const { digits, pointAt } = parts;
  const whole = pointAt <= 0 ? '' : digits.slice(0, pointAt).padEnd(pointAt, '0');
  const fraction = pointAt <= 0 ? '0'.repeat(-pointAt) + digits : digits.slice(pointAt);
  const shownWhole = whole.replace(/^0+/, '') || '0';
  const shownFraction = withoutTrailingZeros(fraction);
  const shown = shownFraction === '' ? shownWhole : `${shownWhole}.${shownFraction}`;
  return parts.negative && shown !== '0' ? `-${shown}` : shown;
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

/** An unscaled integer with a decimal scale, as canonical decimal text. */
export function decimalFromUnscaled(unscaled: bigint, scale: number): string {
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString();
  if (Math.abs(scale) > longestDecimal) throw outOfRange('decimal', 'has more digits than a database stores');
  return renderDecimal({ negative, digits, pointAt: digits.length - scale });
}

/** The shortest text that reads back as the same 64-bit float; `-0` is `0`, which it equals. */
export function canonicalFloat64(text: string): string {
  const special = specialNumbers.get(text.toLowerCase());
  if (special !== undefined) return special;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text))
    throw unmappable('float64', 'is not a number');
  const value = Number(text);
  if (!Number.isFinite(value)) throw outOfRange('float64', 'does not fit a 64-bit float');
  return floatText(value);
}

/** @see canonicalFloat64 */
export function floatText(value: number): string {
  return value === 0 ? '0' : String(value);
}

/** Up to here 32-bit floats are all the integers there are, and print as such. */
const denseIntegers = 2 ** 24;
/** Below this, 32-bit floats have ever fewer digits. */
const smallestNormalFloat32 = 2 ** -126;

/** The shortest text that reads back as the same 32-bit float: what databases print for a single-precision column. */
export function float32Text(value: number): string {
  const magnitude = Math.abs(value);
  if (!Number.isFinite(value) || (Number.isInteger(value) && magnitude <= denseIntegers))
    return floatText(value);
  // Six digits always read back as themselves, so no shorter text can be another number's.
  for (let precision = magnitude < smallestNormalFloat32 ? 1 : 6; precision < 9; precision += 1) {
    const shortened = Number(value.toPrecision(precision));
    if (Math.fround(shortened) === value) return floatText(shortened);
  }
  return floatText(Number(value.toPrecision(9)));
}

/**
 * The shortest text that reads back as the same 32-bit float, from a text of any precision.
 * @throws RowbridgeError when the text is no number
 */
export function canonicalFloat32(text: string): string {
  return float32Text(Math.fround(Number(canonicalFloat64(text))));
}

const booleanWords: ReadonlyMap<string, string> = new Map([
  ['true', 'true'],
  ['t', 'true'],
  ['1', 'true'],
  ['false', 'false'],
  ['f', 'false'],
  ['0', 'false'],
]);

/**
 * `true` or `false`, from what the engines print for booleans (`t`, `f`, `1`, `0`) or the words themselves.
 * @throws RowbridgeError for anything else: MySQL's TINYINT(1) also holds -128…127
 */
export function canonicalBoolean(text: string): string {
  const word = booleanWords.get(text);
  if (word === undefined) throw outOfRange('boolean', 'is neither true (1) nor false (0)');
  return word;
}
