import { noLimits, type ColumnLimits } from './column-limits.js';
import { placeholderFor } from './placeholder-text.js';

const lengthFor = (limits: Partial<ColumnLimits>): number | null =>
  placeholderFor({ ...noLimits, ...limits })?.length ?? null;

it.each([
  ['no limit', {}, 46],
  ['a wide column', { characters: 255 }, 46],
  ['a narrow column', { characters: 30 }, 30],
  ['a column of few bytes', { characters: 255, bytes: 12 }, 12],
  ['the narrowest column', { characters: 8 }, 8],
  ['a column too narrow', { characters: 7 }, null],
  ['an enumeration', { labels: ['calm', 'merry'] }, null],
  ['a set of labels', { listedLabels: ['calm', 'merry'] }, null],
])('%s has a placeholder that fits, or none', (_name, limits, length) => {
  expect(lengthFor(limits)).toBe(length);
});

it('is another text each time', () => {
  const texts = new Set(Array.from({ length: 100 }, () => placeholderFor({ ...noLimits, characters: 12 })));
  expect(texts.size).toBe(100);
});
