import type { ColumnShape, StructValue } from './column-shape.js';
import { rowConverterOf } from './row-converter.js';

const column = (literal: ColumnShape['literal'], semantic: string | null = null): ColumnShape => ({
  ...shapeOf(literal),
  semantic,
});
const shapeOf = (literal: ColumnShape['literal']): ColumnShape => ({
  literal,
  semantic: null,
  parameters: {},
  fields: [],
  items: null,
});
const placeholder = '__debezium_unavailable_value';
const noon = 1_767_268_800_000_000;

/** A column that must not be converted twice comes before the one that may be absent, and one after it. */
const row: ColumnShape = {
  ...shapeOf('struct'),
  fields: [
    { name: 'made_at', shape: column('integer', 'io.debezium.time.MicroTimestamp') },
    { name: 'document', shape: column('string') },
    { name: 'seen_at', shape: column('integer', 'io.debezium.time.MicroTimestamp') },
  ],
};
const structOf = (document: unknown, seenAt: number | null = noon): StructValue => ({
  made_at: noon,
  document,
  seen_at: seenAt,
});
const instant = '2026-01-01T12:00:00.000000';

describe('a row of a PostgreSQL table', () => {
  const converter = rowConverterOf(row, { engine: 'postgres', fromSnapshot: false });

  it.each([
    ['a text', { made_at: instant, document: 'a text', seen_at: instant }],
    [null, { made_at: instant, document: null, seen_at: instant }],
    [undefined, { made_at: instant, document: null, seen_at: instant }],
    [placeholder, { made_at: instant, seen_at: instant }],
  ])('whose document is %p has each other column once converted', (document, image) => {
    expect(converter.convert(structOf(document))).toEqual(image);
  });

  it.each([
    ['neither image', 'a text', 'another'],
    ['both images', placeholder, placeholder],
    ['the image before alone', placeholder, 'a text'],
    ['the image after alone', 'a text', placeholder],
  ])('unknown in %s keeps what is known of each', (_title, before, after) => {
    const documentOf = (document: string): object => (document === placeholder ? {} : { document });
    expect(converter.convertBoth(structOf(before), structOf(after, null))).toEqual({
      before: { made_at: instant, ...documentOf(before), seen_at: instant },
      after: { made_at: instant, ...documentOf(after), seen_at: null },
    });
  });

  it('is read in the wanted columns alone', () => {
    const picking = rowConverterOf(row, { engine: 'postgres', fromSnapshot: false }, new Set(['seen_at']));
    expect(picking.convert(structOf('a text'))).toEqual({ seen_at: instant });
    expect(picking.convertBoth(structOf('a text'), structOf('a text', null))).toEqual({
      before: { seen_at: instant },
      after: { seen_at: null },
    });
  });
});
