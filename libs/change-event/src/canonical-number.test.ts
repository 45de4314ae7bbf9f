import fastCheck from 'fast-check';
import {
  canonicalBoolean,
  canonicalDecimal,
  canonicalFloat64,
  canonicalInt64,
  decimalFromUnscaled,
  float32Text,
} from './canonical-number.js';

describe('canonicalInt64', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['007', '7'],
    ['+12', '12'],
    ['-0012', '-12'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
  ])('reads %s as %s', (text, expected) => expect(canonicalInt64(text)).toBe(expected));

  it.each([['9223372036854775808'], ['-9223372036854775809'], ['1.0'], ['1e3'], [''], [' 1'], ['true']])(
    'refuses "%s"',
    (text) => expect(() => canonicalInt64(text)).toThrow(expect.objectContaining({ name: 'RowbridgeError' })),
  );
});

describe('canonicalDecimal', () => {
  it.each([
    ['1.10', '1.1'],
    ['100', '100'],
    ['100.000', '100'],
    ['-0.00', '0'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1E+3', '1000'],
    ['1.25e-3', '0.00125'],
    ['-12.50E1', '-125'],
    ['00012.3400', '12.34'],
    ['nan', 'NaN'],
    ['-Infinity', '-Infinity'],
    ['123456789012345678901234567890.123456789', '123456789012345678901234567890.123456789'],
  ])('reads %s as %s', (text, expected) => expect(canonicalDecimal(text)).toBe(expected));

  it.each([[''], ['.'], ['1,5'], ['1e999999'], ['0x10'], ['--1']])('refuses "%s"', (text) =>
    expect(() => canonicalDecimal(text)).toThrow(expect.objectContaining({ name: 'RowbridgeError' })),
  );

  it('gives one text to every way of writing a number, and keeps its own output', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.bigInt(), fastCheck.integer({ min: 0, max: 40 }), (unscaled, scale) => {
        const canonical = decimalFromUnscaled(unscaled, scale);
        expect(canonicalDecimal(canonical)).toBe(canonical);
        expect(canonicalDecimal(`${unscaled}e-${scale}`)).toBe(canonical);
        expect(canonicalDecimal(`${unscaled}00e-${scale + 2}`)).toBe(canonical);
      }),
    );
  });
});

describe('floats', () => {
  it('reads back every 64-bit float exactly', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.double(), (value) => {
        expect(Number(canonicalFloat64(String(value)))).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('reads back every 32-bit float exactly, from the shortest text', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.float(), (value) => {
        expect(Math.fround(Number(float32Text(value)))).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 1_000 },
    );
    expect(float32Text(Math.fround(0.1))).toBe('0.1');
    expect(float32Text(Math.fround(16777216.5))).toBe('16777216');
    expect(float32Text(Math.fround(3.4028235e38))).toBe('3.4028235e+38');
    expect(float32Text(Math.fround(123456789))).toBe('123456790');
    expect(float32Text(2 ** -149)).toBe('1e-45');
  });

  it('refuses what is no number or does not fit', () => {
    expect(() => canonicalFloat64('1e999')).toThrow(expect.objectContaining({ code: 'out_of_range' }));
    expect(() => canonicalFloat64('one')).toThrow(expect.objectContaining({ code: 'unmappable_value' }));
  });
});

describe('canonicalBoolean', () => {
  it.each([
    ['1', 'true'],
    ['t', 'true'],
    ['true', 'true'],
    ['0', 'false'],
    ['f', 'false'],
    ['false', 'false'],
  ])('reads %s as %s', (text, expected) => expect(canonicalBoolean(text)).toBe(expected));

  it.each([['2'], ['-1'], ['127'], [''], ['TRUE']])('refuses "%s", which a TINYINT(1) may hold', (text) =>
    expect(() => canonicalBoolean(text)).toThrow(expect.objectContaining({ code: 'out_of_range' })),
  );
});
