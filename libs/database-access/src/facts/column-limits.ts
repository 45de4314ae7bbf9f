import { canonicalFloat32, canonicalFloat64, type LogicalType } from '@rowbridge/change-event';
import { RowbridgeError } from '@rowbridge/errors';
import { checkArray, checkDocument, checkGeometry, type ElementKind } from './document-limits.js';

/**
 * What a column can hold, as far as the server would otherwise round, clamp, cut or pad silently, or fail halfway
 * through a batch. Null or false: no such limit.
 */
export interface ColumnLimits {
  readonly integers: readonly [lowest: bigint, highest: bigint] | null;
  readonly decimals: { readonly precision: number; readonly scale: number } | null;
  /** Code points. */
  readonly characters: number | null;
  /** Bytes in UTF-8 for text, plain bytes for binary types. */
  readonly bytes: number | null;
  /** Bytes of a type that pads shorter values. */
  readonly exactBytes: number | null;
  /** Digits of a second's fraction. */
  readonly fractionDigits: number | null;
  /** Earliest and latest canonical text; inclusive. */
  readonly times: readonly [earliest: string, latest: string] | null;
  readonly infinity: boolean;
  readonly singlePrecision: boolean;
  readonly refusesNulCharacter: boolean;
  /** Trailing spaces are padding and do not come back. */
  readonly padsText: boolean;
  /** Digits of a bit string, all of them. */
  readonly bits: number | null;
  /** An interval of which only some fields are kept, such as `interval year to month`. */
  readonly someFields: boolean;
  /** MySQL's YEAR: 0 and 1901 to 2155. */
  readonly years: boolean;
  /** The only texts an enumeration holds. */
  readonly labels: readonly string[] | null;
  /** The texts a comma list holds, in this order and each once (MySQL's SET). */
  readonly listedLabels: readonly string[] | null;
  /** JSON whose numbers become 64-bit integers or floats (MySQL). */
  readonly jsonFloats: boolean;
  /** JSON that cannot hold U+0000 or half a surrogate pair, escaped or not. */
  readonly jsonText: boolean;
  /** JSON that is one object of texts and nulls (hstore). */
  readonly jsonTextMap: boolean;
  /** What the elements of an array are. */
  readonly elements: ElementKind | null;
  /** Geometries that are points of the plane without reference system. */
  readonly plainPoints: boolean;
}

export const noLimits: ColumnLimits = {
  integers: null,
  decimals: null,
  characters: null,
  bytes: null,
  exactBytes: null,
  fractionDigits: null,
  times: null,
  infinity: false,
  singlePrecision: false,
  refusesNulCharacter: false,
  padsText: false,
  bits: null,
  someFields: false,
  years: false,
  labels: null,
  listedLabels: null,
  jsonFloats: false,
  jsonText: false,
  jsonTextMap: false,
  elements: null,
  plainPoints: false,
};

/** Where a refused value was meant to go. */
export interface ValueDestination {
  readonly table: string;
  readonly column: string;
}

/** Makes the error for a value the column cannot hold; the problem never holds the value. */
export type Refuse = (
  code: 'out_of_range' | 'value_too_long' | 'unmappable_value',
  problem: string,
) => RowbridgeError;

/**
 * Refuses a canonical value the column cannot hold exactly (I8).
 * @throws RowbridgeError `out_of_range`, `value_too_long` or `unmappable_value`; the message never holds the value
 */
export function refuseUnholdable(
  value: string,
  column: { readonly type: LogicalType; readonly limits: ColumnLimits },
  destination: ValueDestination,
): void {
  const refuse: Refuse = (code, problem) =>
    new RowbridgeError(code, `${destination.table}.${destination.column}: ${problem}`, {
      details: { table: destination.table, column: destination.column },
    });
  checks[column.type](value, column.limits, refuse);
}

type Check = (value: string, limits: ColumnLimits, refuse: Refuse) => void;

const checks: Readonly<Record<LogicalType, Check>> = {
  text: checkText,
  fixed_text: checkText,
  json: checkDocument,
  uuid: () => undefined,
  int64: checkInteger,
  uint64: checkInteger,
  decimal: checkDecimal,
  float64: checkFloat,
  boolean: (value, _limits, refuse) => {
    if (value !== 'true' && value !== 'false') throw refuse('unmappable_value', 'a boolean is true or false');
  },
  instant: checkTime,
  wall_clock: checkTime,
  date: checkTime,
  time: checkTimeOfDay,
  interval: checkInterval,
  bytes: checkBytes,
  bits: (value, { bits }, refuse) => {
    if (bits !== null && value.length !== bits)
      throw refuse('out_of_range', `the column holds exactly ${bits} bits`);
  },
  array: checkArray,
  geometry: checkGeometry,
};

function checkText(value: string, limits: ColumnLimits, refuse: Refuse): void {
  if (limits.refusesNulCharacter && value.includes('\0')) {
    throw refuse('out_of_range', 'the column cannot hold the character U+0000');
  }
  // UTF-16 units are never fewer than code points, and bytes never more than three a unit.
  if (limits.characters !== null && value.length > limits.characters) {
    if (Array.from(value).length > limits.characters) {
      throw refuse('value_too_long', `the column holds at most ${limits.characters} characters`);
    }
  }
  if (limits.bytes !== null && value.length * 3 > limits.bytes && Buffer.byteLength(value) > limits.bytes) {
    throw refuse('value_too_long', `the column holds at most ${limits.bytes} bytes`);
  }
  if (limits.padsText && value.endsWith(' ')) {
    throw refuse('out_of_range', 'the column does not keep trailing spaces');
  }
  checkLabels(value, limits, refuse);
  // The first expression is cheap and true of every astral character; the second tells halves from pairs.
  if (/[\ud800-\udfff]/.test(value) && /\p{Surrogate}/u.test(value))
    throw refuse('unmappable_value', 'the text holds half a surrogate pair');
}

/** Servers match labels by collation, or sort them: what they would store is another text. */
function checkLabels(value: string, { labels, listedLabels }: ColumnLimits, refuse: Refuse): void {
  if (labels !== null && !labels.includes(value)) {
    throw refuse('out_of_range', `the column holds only its ${labels.length} labels`);
  }
  if (listedLabels === null || value === '') return;
  const places = value.split(',').map((label) => listedLabels.indexOf(label));
  if (places.some((place, index) => place <= (places[index - 1] ?? -1))) {
    throw refuse('out_of_range', `the column holds only its ${listedLabels.length} labels, in their order`);
  }
}

const integerText = /^(?:0|-?[1-9]\d*)$/;

function checkInteger(value: string, limits: ColumnLimits, refuse: Refuse): void {
  if (!integerText.test(value)) throw refuse('unmappable_value', 'the value is not an integer');
  if (limits.decimals) checkDecimal(value, limits, refuse);
  if (limits.years && value !== '0' && !/^(?:19(?!00)|20|21(?=[0-4]\d|5[0-5]))\d\d$/.test(value)) {
    throw refuse('out_of_range', 'the column holds the years 1901 to 2155, and 0');
  }
  if (!limits.integers) return;
  const [lowest, highest] = limits.integers;
  const number = BigInt(value);
  if (number < lowest || number > highest) {
    throw refuse('out_of_range', `the column holds ${lowest} to ${highest}`);
  }
}

const decimalText = /^-?(\d+)(?:\.(\d+))?$/;

function checkDecimal(value: string, limits: ColumnLimits, refuse: Refuse): void {
  const match = decimalText.exec(value);
  if (!match) {
    const special = value === 'NaN' || value === 'Infinity' || value === '-Infinity';
    if (!special) throw refuse('unmappable_value', 'the value is not a decimal number');
    if (!limits.infinity || (limits.decimals && value !== 'NaN')) {
      throw refuse('out_of_range', 'the column cannot hold NaN or infinity');
    }
    return;
  }
  if (!limits.decimals) return;
  const { precision, scale } = limits.decimals;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  const whole = (match[1] ?? '').replace(/^0+/, '');
  if (fraction.length > scale || whole.length > precision - scale) {
    throw refuse(
      'out_of_range',
      `the column holds ${precision - scale} digits before and ${scale} after the point`,
    );
  }
}

function checkFloat(value: string, limits: ColumnLimits, refuse: Refuse): void {
  const number = Number(value);
  if (!Number.isFinite(number)) {
    if (value !== 'NaN' && value !== 'Infinity' && value !== '-Infinity') {
      throw refuse('unmappable_value', 'the value is not a number');
    }
    if (!limits.infinity) throw refuse('out_of_range', 'the column cannot hold NaN or infinity');
    return;
  }
  if (!limits.singlePrecision) return;
  // A single-precision value travels as the shortest text that reads back as it; more digits than that are lost.
  if (canonicalFloat32(value) !== canonicalFloat64(value)) {
    throw refuse('out_of_range', 'the column holds single precision');
  }
}

const timeFraction = /\.(\d+)Z?$/;

function checkTime(value: string, limits: ColumnLimits, refuse: Refuse): void {
  if (value === 'infinity' || value === '-infinity') {
    if (!limits.infinity) throw refuse('out_of_range', 'the column cannot hold an infinite time');
    return;
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(value)) throw refuse('unmappable_value', 'the value is not a date or time');
  if (limits.times && (value < limits.times[0] || value > limits.times[1])) {
    throw refuse('out_of_range', `the column holds ${limits.times[0]} to ${limits.times[1]}`);
  }
  if (limits.fractionDigits === null || limits.fractionDigits >= 6) return;
  const fraction = timeFraction.exec(value)?.[1] ?? '';
  if (/[1-9]/.test(fraction.slice(limits.fractionDigits))) {
    throw refuse('out_of_range', `the column holds ${limits.fractionDigits} digits of a second's fraction`);
  }
}

const timeText = /^(-?)(\d{2,}):(\d{2}:\d{2}\.\d{6})$/;

function checkTimeOfDay(value: string, limits: ColumnLimits, refuse: Refuse): void {
  refuseSomeFields(limits, refuse);
  const match = timeText.exec(value);
  if (!match) throw refuse('unmappable_value', 'the value is not a time');
  if (limits.times) {
    const [earliest, latest] = limits.times;
    // Of the same number of digits, the texts order as the times do.
    const magnitude = value.replace('-', '').padStart(20, '0');
    const limit = (match[1] === '-' ? earliest : latest).replace('-', '').padStart(20, '0');
    if ((match[1] === '-' && !earliest.startsWith('-')) || magnitude > limit) {
      throw refuse('out_of_range', `the column holds ${earliest} to ${latest}`);
    }
  }
  const digits = limits.fractionDigits ?? 6;
  if (/[1-9]/.test(value.slice(-6).slice(digits))) {
    throw refuse('out_of_range', `the column holds ${digits} digits of a second's fraction`);
  }
}

function refuseSomeFields({ someFields }: ColumnLimits, refuse: Refuse): void {
  if (someFields) throw refuse('out_of_range', 'the column keeps only some fields of an interval');
}

function checkInterval(value: string, limits: ColumnLimits, refuse: Refuse): void {
  refuseSomeFields(limits, refuse);
  checkText(value, limits, refuse);
  const fraction = /\.(\d+)S$/.exec(value)?.[1] ?? '';
  const digits = limits.fractionDigits ?? 6;
  if (/[1-9]/.test(fraction.slice(digits))) {
    throw refuse('out_of_range', `the column holds ${digits} digits of a second's fraction`);
  }
}

function checkBytes(value: string, limits: ColumnLimits, refuse: Refuse): void {
  if (value.length % 2 !== 0 || !/^[0-9a-f]*$/.test(value))
    throw refuse('unmappable_value', 'the value is not hexadecimal');
  if (limits.bytes !== null && value.length / 2 > limits.bytes) {
    throw refuse('value_too_long', `the column holds at most ${limits.bytes} bytes`);
  }
  if (limits.exactBytes !== null && value.length / 2 !== limits.exactBytes) {
    throw refuse('out_of_range', `the column holds exactly ${limits.exactBytes} bytes`);
  }
}
