import { canonicalInterval, canonicalTime } from './canonical-duration.js';

describe('intervals', () => {
  it.each([
    ['as Debezium writes them', 'P1Y2M3DT4H5M6.78S', 'P1Y2M3DT4H5M6.78S'],
    ['with every part, zeros too', 'P0Y0M0DT0H0M0S', 'PT0S'],
    ['months beyond a year', 'P0Y14M0DT0H0M0.0S', 'P1Y2M'],
    ['signs of their own', 'P-1Y2M-3DT4H-5M-0.5S', 'P-10M-3DT3H54M59.5S'],
    ['more hours than a day, which stay hours', 'PT2562047788H54.775807S', 'PT2562047788H54.775807S'],
    ['weeks', 'P2W', 'P14D'],
    ['infinity', '-infinity', '-infinity'],
  ])('are canonical: %s', (_title, text, canonical) => {
    expect(canonicalInterval(text)).toBe(canonical);
    expect(canonicalInterval(canonical)).toBe(canonical);
  });

  it.each(['', 'P', 'PT', '1 day', '04:05:06', 'P1.5D'])('are not read from %j', (text) => {
    expect(() => canonicalInterval(text)).toThrow(expect.objectContaining({ code: 'unmappable_value' }));
  });

  it('finer than a microsecond are refused', () => {
    expect(() => canonicalInterval('PT0.0000001S')).toThrow(
      expect.objectContaining({ code: 'out_of_range' }),
    );
  });
});

describe('times', () => {
  it.each([
    ['of a clock', '04:05:06', '04:05:06.000000'],
    ['at the end of the day', '24:00:00', '24:00:00.000000'],
    ['beyond a day, negative', '-838:59:59.000001', '-838:59:59.000001'],
    ['of nothing, which has no sign', '-00:00:00', '00:00:00.000000'],
    ['from an interval', 'P0Y0M0DT-26H-1M0.5S', '-26:00:59.500000'],
  ])('are canonical: %s', (_title, text, canonical) => {
    expect(canonicalTime(text)).toBe(canonical);
  });

  it.each(['P1DT1H', 'P1M'])('are not read from %s, whose length differs', (text) => {
    expect(() => canonicalTime(text)).toThrow(expect.objectContaining({ code: 'unmappable_value' }));
  });
});
