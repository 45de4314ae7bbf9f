import { interpolate } from './interpolate.js';

describe('references to the environment', () => {
  test.each([
    ['${HOST}', 'db'],
    ['${HOST:-other}', 'db'],
    ['${ABSENT:-other}', 'other'],
    ['${ABSENT:-}', ''],
    ['${EMPTY:-other}', 'other'],
    ['${EMPTY}', ''],
    ['postgres://${HOST}:${PORT:-5432}/x', 'postgres://db:5432/x'],
    ['$${HOST}', '${HOST}'],
    ['$HOST and {HOST}', '$HOST and {HOST}'],
  ])('%s becomes "%s"', (text, expected) => {
    expect(interpolate(text, { HOST: 'db', EMPTY: '' })).toEqual({ text: expected, missing: [] });
  });

  test('names every variable that is missing', () => {
    expect(interpolate('${FIRST}-${SECOND}', {}).missing).toEqual(['FIRST', 'SECOND']);
  });

  test('does not read references out of a value it put in', () => {
    expect(interpolate('${OUTER}', { OUTER: '${INNER}', INNER: 'secret' }).text).toBe('${INNER}');
  });
});
