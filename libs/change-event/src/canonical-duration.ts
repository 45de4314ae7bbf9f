import { outOfRange, unmappable } from './value-refusal.js';

const microsecondsPerSecond = 1_000_000n;
const microsecondsPerHour = 3_600n * microsecondsPerSecond;
const microsecondsPerMinute = 60n * microsecondsPerSecond;

interface DurationParts {
  readonly months: bigint;
  readonly days: bigint;
  readonly microseconds: bigint;
}

const isoDuration =
  /^(-?)P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?)(\d+)(?:\.(\d{1,9}))?S)?)?$/;
const clockDuration = /^([+-]?)(\d+):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?$/;

/**
 * An interval in ISO 8601 as PostgreSQL prints it (`P1Y2M3DT4H5M6.78S`, zero as `PT0S`): months, days and time each
 * with its own sign, none turned into another. Reads any ISO 8601 duration, such as Debezium's.
 * @throws RowbridgeError when the text is no duration, or is finer than a microsecond
 */
export function canonicalInterval(text: string): string {
  if (text === 'infinity' || text === '-infinity') return text;
  const { months, days, microseconds } = parseIso('interval', text);
  const date = unitText(months / 12n, 'Y') + unitText(months % 12n, 'M') + unitText(days, 'D');
  const time =
    unitText(microseconds / microsecondsPerHour, 'H') +
    unitText((microseconds % microsecondsPerHour) / microsecondsPerMinute, 'M') +
    secondsText(microseconds % microsecondsPerMinute);
  if (time === '') return date === '' ? 'PT0S' : `P${date}`;
  return `P${date}T${time}`;
}

/**
 * A time as `[-]HH:MM:SS.ffffff`, hours beyond 24 included. Reads what servers print for TIME and time, and intervals
 * without days and months.
 * @throws RowbridgeError when the text is no such time, or is finer than a microsecond
 */
export function canonicalTime(text: string): string {
  const clock = clockDuration.exec(text);
  if (!clock) return clockText(timeOfInterval(text));
  const [sign = '', hours = '', minutes = '', seconds = '', fraction = ''] = clock.slice(1);
  const magnitude =
    BigInt(hours) * microsecondsPerHour +
    BigInt(minutes) * microsecondsPerMinute +
    BigInt(seconds) * microsecondsPerSecond +
    fractionMicroseconds('time', fraction);
  return clockText(sign === '-' ? -magnitude : magnitude);
}

function timeOfInterval(text: string): bigint {
  const { months, days, microseconds } = parseIso('time', text);
  if (months !== 0n || days !== 0n) throw unmappable('time', 'holds days or months, whose hours differ');
  return microseconds;
}

function clockText(microseconds: bigint): string {
  const magnitude = microseconds < 0n ? -microseconds : microseconds;
  const two = (part: bigint): string => part.toString().padStart(2, '0');
  const seconds = magnitude / microsecondsPerSecond;
  const fraction = (magnitude % microsecondsPerSecond).toString().padStart(6, '0');
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}.${fraction}`;
  return microseconds < 0n ? `-${clock}` : clock;
}

function parseIso(type: 'interval' | 'time', text: string): DurationParts {
  const match = isoDuration.exec(text);
  if (!match || text.endsWith('P') || text.endsWith('T')) throw unmappable(type, 'is not a duration');
  const [all, years, months, weeks, days, hours, minutes] = match.slice(1, 8);
  const whole = (digits: string | undefined): bigint => BigInt(digits ?? 0);
  const magnitude = whole(match[9]) * microsecondsPerSecond + fractionMicroseconds(type, match[10] ?? '');
  const seconds = match[8] === '-' ? -magnitude : magnitude;
  const sign = all === '-' ? -1n : 1n;
  return {
    months: sign * (whole(years) * 12n + whole(months)),
    days: sign * (whole(weeks) * 7n + whole(days)),
    microseconds:
      sign * (whole(hours) * microsecondsPerHour + whole(minutes) * microsecondsPerMinute + seconds),
  };
}

function fractionMicroseconds(type: 'interval' | 'time', digits: string): bigint {
  if (/[1-9]/.test(digits.slice(6))) throw outOfRange(type, 'is finer than a microsecond');
  return BigInt(digits.slice(0, 6).padEnd(6, '0'));
}

function unitText(amount: bigint, unit: string): string {
  return amount === 0n ? '' : `${amount}${unit}`;
}

function secondsText(microseconds: bigint): string {
  if (microseconds === 0n) return '';
  const magnitude = microseconds < 0n ? -microseconds : microseconds;
  const fraction = (magnitude % microsecondsPerSecond).toString().padStart(6, '0').replace(/0+$/, '');
  const seconds = `${magnitude / microsecondsPerSecond}${fraction === '' ? '' : `.${fraction}`}`;
  return `${microseconds < 0n ? '-' : ''}${seconds}S`;
}
