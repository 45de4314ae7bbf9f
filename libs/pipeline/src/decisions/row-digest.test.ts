import { rowDigest } from './row-digest.js';

const columns = ['email', 'word'];

it('both directions compute one digest, whatever the order of columns', () => {
  expect(rowDigest(['word', 'email'], { word: 'one', email: 'ada' })).toBe(
    rowDigest(columns, { email: 'ada', word: 'one' }),
  );
});

it('columns that are not mapped take no part', () => {
  expect(rowDigest(columns, { email: 'ada', word: 'one', sync_source: 'stamp' })).toBe(
    rowDigest(columns, { email: 'ada', word: 'one' }),
  );
});

it('I8: null, absent, empty and the word null are four different contents', () => {
  const digests = [
    { email: 'ada', word: null },
    { email: 'ada' },
    { email: 'ada', word: '' },
    { email: 'ada', word: 'null' },
  ].map((image) => rowDigest(columns, image));
  expect(new Set(digests).size).toBe(4);
});

it('values do not run into each other', () => {
  expect(rowDigest(columns, { email: 'ab', word: 'c' })).not.toBe(
    rowDigest(columns, { email: 'a', word: 'bc' }),
  );
});
