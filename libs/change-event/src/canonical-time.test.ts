import fastCheck from 'fast-check';
import {
  canonicalDate,
  canonicalInstant,
  canonicalInstantInUtc,
  canonicalWallClock,
  canonicalZonedTime,
  dateFromEpochDays,
  timeFromUnits,
  wallClockFromEpoch,
} from './canonical-time.js';

const outOfRange = expect.objectContaining({ code: 'out_of_range' }) as Error;
const unmappable = expect.objectContaining({ code: 'unmappable_value' }) as Error;

describe('canonicalInstant', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000Z'],
    ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.500000Z'],
    ['2026-01-01 00:00:00.123+00', '2026-01-01T00:00:00.123000Z'],
    ['2026-01-01 00:00:00.123456+00:00', '2026-01-01T00:00:00.123456Z'],
    ['2026-01-01 05:30:00.000001+05:30', '2026-01-01T00:00:00.000001Z'],
    ['2025-12-31 19:00:00-05', '2026-01-01T00:00:00.000000Z'],
    ['2026-01-01T00:00:00.123456000Z', '2026-01-01T00:00:00.123456Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
    ['infinity', 'infinity'],
    ['-infinity', '-infinity'],
  ])('reads %s as %s', (text, expected) => expect(canonicalInstant(text)).toBe(expected));

  it('knows every day of a calendar of 400 years, and no other', () => {
    for (let month = 1; month <= 12; month += 1) {
      for (let year = 1; year <= 400; year += 1) {
        const prefix = `${String(year + 1600).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
        const days = new Date(Date.UTC(year + 1600, month, 0)).getUTCDate();
        const last = `${prefix}-${days}T23:59:59.999999Z`;
        expect(canonicalInstant(last)).toBe(last);
        expect(() => canonicalInstant(`${prefix}-${days + 1}T00:00:00.000000Z`)).toThrow(unmappable);
      }
    }
  });

  it.each([
    ['2026-01-01T00:00:00.1234567Z', 'finer than a microsecond'],
    ['0044-03-15 00:00:00+00 BC', 'before year 1'],
    ['-0043-03-15T00:00:00Z', 'before year 1'],
    ['+10000-01-01T00:00:00Z', 'after year 9999'],
    ['9999-12-31T23:59:59-01:00', 'after year 9999 in UTC'],
  ])('refuses %s: %s', (text) => expect(() => canonicalInstant(text)).toThrow(outOfRange));

  it.each([
    ['2026-01-01T00:00:00', 'no zone'],
    ['2026-02-29T00:00:00Z', 'no such day'],
    ['0000-00-00 00:00:00+00', "MySQL's zero date"],
    ['2026-01-01T24:00:00Z', 'no such hour'],
    ['2026-01-00T00:00:00.000000Z', 'no such day'],
    ['2026-13-01T00:00:00.000000Z', 'no such month'],
    ['2026-01-01T24:00:00.000000Z', 'no such hour'],
    ['2026-01-01T23:60:00.000000Z', 'no such minute'],
    ['2026-01-01T23:59:60.000000Z', 'no such second'],
    ['yesterday', 'no time'],
  ])('refuses %s: %s', (text) => expect(() => canonicalInstant(text)).toThrow(unmappable));

  it('reads what MySQL prints in a session at +00:00', () => {
    expect(canonicalInstantInUtc('2026-01-01 00:00:00.123000')).toBe('2026-01-01T00:00:00.123000Z');
    expect(() => canonicalInstantInUtc('0000-00-00 00:00:00')).toThrow(unmappable);
  });
});

describe('wall-clock times', () => {
  it('agree whether they came as microseconds of an event or as text of a server', () => {
    fastCheck.assert(
      fastCheck.property(
        fastCheck.date({
          min: new Date('0001-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59Z'),
          noInvalidDate: true,
        }),
        fastCheck.integer({ min: 0, max: 999 }),
        (date, microseconds) => {
          const epoch = BigInt(date.getTime()) * 1000n + BigInt(microseconds);
          const raw = epoch > 2n ** 53n || epoch < -(2n ** 53n) ? epoch : Number(epoch);
          const serverText = `${date.toISOString().slice(0, 23).replace('T', ' ')}${String(microseconds).padStart(3, '0')}`;
          expect(wallClockFromEpoch(raw, 1_000_000)).toBe(canonicalWallClock(serverText));
        },
      ),
    );
  });

  it('keep nanoseconds only where they are whole microseconds', () => {
    expect(wallClockFromEpoch(1_767_225_600_000_001_000n, 1_000_000_000)).toBe('2026-01-01T00:00:00.000001');
    expect(() => wallClockFromEpoch(1_767_225_600_000_000_001n, 1_000_000_000)).toThrow(outOfRange);
  });

  it('know the sentinels of infinite timestamps and refuse years beyond 1 to 9999', () => {
    expect(wallClockFromEpoch(9223372036825200000n, 1_000_000)).toBe('infinity');
    expect(wallClockFromEpoch(-9223372036832400000n, 1_000_000)).toBe('-infinity');
    expect(() => wallClockFromEpoch(-63_000_000_000_000_000n, 1_000_000)).toThrow(outOfRange);
    expect(() => wallClockFromEpoch(253_402_300_800_000, 1_000)).toThrow(outOfRange);
  });

  it('refuse a text that names a zone', () => {
    expect(() => canonicalWallClock('2026-01-01T00:00:00Z')).toThrow(unmappable);
  });
});

describe('dates and times of day', () => {
  it('render days before and after 1970', () => {
    expect(dateFromEpochDays(0)).toBe('1970-01-01');
    expect(dateFromEpochDays(-1)).toBe('1969-12-31');
    expect(dateFromEpochDays(-719_162)).toBe('0001-01-01');
    expect(() => dateFromEpochDays(-719_163)).toThrow(outOfRange);
    expect(canonicalDate('2024-02-29')).toBe('2024-02-29');
    expect(() => canonicalDate('2023-02-29')).toThrow(unmappable);
    expect(() => canonicalDate('infinity')).toThrow(outOfRange);
  });

  it("render MySQL's signed times beyond a day without wrapping", () => {
    expect(timeFromUnits(3_020_399_000_000, 1_000_000)).toBe('838:59:59.000000');
    expect(timeFromUnits(-3_020_399_000_000, 1_000_000)).toBe('-838:59:59.000000');
    expect(timeFromUnits(86_400_000, 1_000)).toBe('24:00:00.000000');
    expect(timeFromUnits(1, 1_000)).toBe('00:00:00.001000');
  });

  it('render times with offset in GMT only', () => {
    expect(canonicalZonedTime('04:05:06.789Z')).toBe('04:05:06.789000Z');
    expect(() => canonicalZonedTime('04:05:06+02:00')).toThrow(unmappable);
  });
});
