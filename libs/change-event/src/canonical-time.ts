import { outOfRange, unmappable } from './value-refusal.js';

const pointInTime =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:(Z)|([+-])(\d{2})(?::?(\d{2}))?(?::?(\d{2}))?)?$/;
const infinities: ReadonlySet<string> = new Set(['infinity', '-infinity']);
const beforeChristOrLongYear = / BC$|^[+-]?\d{5,}-|^-\d/;

const dayMilliseconds = 86_400_000;
const firstMillisecond = Date.parse('0001-01-01T00:00:00Z');
const lastMillisecond = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

type PointType = 'instant' | 'wall_clock';

interface PointParts {
  readonly date: string;
  readonly clock: string;
  readonly microseconds: string;
  /** Seconds east of UTC, or null where the text names no zone. */
  readonly offsetSeconds: number | null;
}

/**
 * An instant as `YYYY-MM-DDTHH:MM:SS.ffffffZ`, or `infinity` / `-infinity` as PostgreSQL knows them. Reads ISO 8601
 * with a zone, and PostgreSQL's ISO date style.
 * @throws RowbridgeError when the text is no instant, names no zone, is finer than a microsecond, or lies outside the
 *   years 1 to 9999
 */
export function canonicalInstant(text: string): string {
  return renderInstant(text, 'zone required');
}

/** The same for a text whose missing zone is known to be UTC, as MySQL prints TIMESTAMP in a session at +00:00. */
export function canonicalInstantInUtc(text: string): string {
  return renderInstant(text, 'UTC assumed');
}

function renderInstant(text: string, zone: 'zone required' | 'UTC assumed'): string {
  if (plainlyCanonical.test(text) || infinities.has(text)) return text;
  const { date, clock, microseconds, offsetSeconds } = parsePoint('instant', text);
  if (offsetSeconds === null && zone === 'zone required') throw unmappable('instant', 'names no time zone');
  if (!offsetSeconds) return `${date}T${clock}.${microseconds}Z`;
  const milliseconds = Date.parse(`${date}T${clock}Z`) - offsetSeconds * 1000;
  return `${isoSeconds('instant', milliseconds)}.${microseconds}Z`;
}

/**
 * A wall-clock time as `YYYY-MM-DDTHH:MM:SS.ffffff`, without zone; infinities as for instants.
 * @throws RowbridgeError when the text is no such time, names a zone, is finer than a microsecond, or lies outside the
 *   years 1 to 9999
 */
export function canonicalWallClock(text: string): string {
  if (infinities.has(text)) return text;
  const { date, clock, microseconds, offsetSeconds } = parsePoint('wall_clock', text);
  if (offsetSeconds !== null) throw unmappable('wall_clock', 'names a time zone');
  return `${date}T${clock}.${microseconds}`;
}

/**
 * A date as `YYYY-MM-DD`.
 * @throws RowbridgeError when the text is no date of the years 1 to 9999
 */
export function canonicalDate(text: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) throw refuseShape('date', text);
  checkDay('date', match.slice(1, 4).map(Number));
  return text;
}

/**
 * Most instants of events are canonical already: told without taking the text apart. Of leap years those that can be
 * told by two digits.
 */
const plainlyCanonical =
  /^(?!0000)\d\d(?:\d\d-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))|(?:0[48]|[2468][048]|[13579][26])-02-29)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/;

function parsePoint(type: PointType, text: string): PointParts {
  const match = pointInTime.exec(text);
  if (!match) throw refuseShape(type, text);
  checkDay(type, match.slice(1, 4).map(Number));
  const [hour = 0, minute = 0, second = 0] = match.slice(4, 7).map(Number);
  if (hour > 23 || minute > 59 || second > 59) throw unmappable(type, 'has no valid time of day');
  const zoneSign = match[9] === '-' ? -1 : 1;
  const zoneSeconds = Number(match[10] ?? 0) * 3600 + Number(match[11] ?? 0) * 60 + Number(match[12] ?? 0);
  return {
    date: text.slice(0, 10),
    clock: text.slice(11, 19),
    microseconds: microsecondsOf(type, match[7] ?? ''),
    offsetSeconds: match[8] !== undefined ? 0 : match[9] !== undefined ? zoneSign * zoneSeconds : null,
  };
}

function microsecondsOf(type: PointType, fraction: string): string {
  if (fraction.length > 6 && /[1-9]/.test(fraction.slice(6)))
    throw outOfRange(type, 'is finer than a microsecond');
  return fraction.slice(0, 6).padEnd(6, '0');
}

function refuseShape(type: PointType | 'date', text: string): Error {
  if (infinities.has(text) || beforeChristOrLongYear.test(text)) return outOfYears(type);
  return unmappable(type, type === 'date' ? 'is not a date' : 'is not a date and time');
}

function outOfYears(type: PointType | 'date'): Error {
  return outOfRange(type, 'lies outside the years 1 to 9999');
}

function checkDay(type: PointType | 'date', parts: readonly number[]): void {
  const [year = 0, month = 0, day = 0] = parts;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    throw unmappable(type, 'has no valid calendar day (MySQL zero dates have none)');
  }
  if (year === 0) throw outOfYears(type);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** `YYYY-MM-DDTHH:MM:SS` of whole seconds given in milliseconds since 1970. A Date holds whole milliseconds exactly. */
function isoSeconds(type: PointType | 'date', milliseconds: number): string {
  if (!(milliseconds >= firstMillisecond && milliseconds <= lastMillisecond)) throw outOfYears(type);
  return new Date(milliseconds).toISOString().slice(0, 19);
}

/** What PostgreSQL's infinite timestamps become, in microseconds (Debezium's PGStatement.DATE_*_INFINITY). */
const positiveInfinityMilliseconds = 9223372036825200000n;
const negativeInfinityMilliseconds = -9223372036832400000n;

/**
 * A wall-clock time from units since 1970 "as if UTC".
 * @param perSecond 1,000, 1,000,000 or 1,000,000,000
 * @throws RowbridgeError when finer than a microsecond or outside the years 1 to 9999
 */
export function wallClockFromEpoch(
  value: number | bigint,
  perSecond: 1_000 | 1_000_000 | 1_000_000_000,
): string {
  if (typeof value === 'bigint') return wallClockFromLargeEpoch(value, perSecond);
  const seconds = Math.floor(value / perSecond);
  const rest = value - seconds * perSecond;
  return `${isoSeconds('wall_clock', seconds * 1000)}.${fractionDigits(rest, perSecond)}`;
}

function wallClockFromLargeEpoch(value: bigint, perSecond: 1_000 | 1_000_000 | 1_000_000_000): string {
  if (value === positiveInfinityMilliseconds) return 'infinity';
  if (value === negativeInfinityMilliseconds) return '-infinity';
  const divisor = BigInt(perSecond);
  const rest = ((value % divisor) + divisor) % divisor;
  const seconds = Number((value - rest) / divisor);
  return `${isoSeconds('wall_clock', seconds * 1000)}.${fractionDigits(Number(rest), perSecond)}`;
}

function fractionDigits(rest: number, perSecond: number): string {
  return microsecondsOf('wall_clock', String(rest).padStart(String(perSecond).length - 1, '0'));
}

/** @throws RowbridgeError outside the years 1 to 9999 */
export function dateFromEpochDays(days: number): string {
  return isoSeconds('date', days * dayMilliseconds).slice(0, 10);
}

/**
 * A time of day, or MySQL's signed time beyond a day, as `[-]HH:MM:SS.ffffff`.
 * @throws RowbridgeError when finer than a microsecond
 */
export function timeFromUnits(value: number | bigint, perSecond: 1_000 | 1_000_000 | 1_000_000_000): string {
  const negative = value < 0;
  const magnitude = BigInt(negative ? -value : value);
  const divisor = BigInt(perSecond);
  const seconds = Number(magnitude / divisor);
  const pair = (part: number): string => String(part).padStart(2, '0');
  const clock = `${pair(Math.floor(seconds / 3600))}:${pair(Math.floor(seconds / 60) % 60)}:${pair(seconds % 60)}`;
  return `${negative ? '-' : ''}${clock}.${fractionDigits(Number(magnitude % divisor), perSecond)}`;
}

/**
 * A time of day with offset as `HH:MM:SS.ffffffZ`; Debezium sends such times in GMT.
 * @throws RowbridgeError when the text is no such time, is not in GMT, or is finer than a microsecond
 */
export function canonicalZonedTime(text: string): string {
  const match = /^(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:Z|[+-]00(?::?00)?)$/.exec(text);
  if (!match) throw unmappable('text', 'is not a time of day in GMT');
  return `${match[1] as string}.${microsecondsOf('wall_clock', match[2] ?? '')}Z`;
}
