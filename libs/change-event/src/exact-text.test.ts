import avro from 'avsc';
import fastCheck from 'fast-check';
import { readDirectly } from './direct-types.js';
import { repeatedText } from './exact-text.js';

const row = {
  type: 'record',
  name: 'Row',
  fields: [
    { name: 'name', type: 'string' },
    { name: 'note', type: ['null', 'string'] },
    { name: 'age', type: [{ type: 'int' }, 'null'] },
  ],
};
const schema = {
  type: 'record',
  name: 'Change',
  fields: [
    { name: 'before', type: ['null', row] },
    { name: 'after', type: 'Row' },
    { name: 'table', type: 'string' },
  ],
} as avro.Schema;
const avscOwn = avro.Type.forSchema(schema, { wrapUnions: false } as Partial<avro.ForSchemaOptions>);
const own = avro.Type.forSchema(schema, {
  wrapUnions: false,
  typeHook: readDirectly,
} as Partial<avro.ForSchemaOptions>);

/** Short and long ones, of ASCII and beyond, and few enough to be equal now and then. */
const text = fastCheck.oneof(
  fastCheck.constantFrom('', 'a', 'b', 'same', 'sample', 'é', 'ÿ', '\u0000', 'x'.repeat(63), 'x'.repeat(64)),
  fastCheck.string({ unit: 'binary', maxLength: 300 }),
);
const someRow = fastCheck.record({
  name: text,
  note: fastCheck.option(text),
  age: fastCheck.option(fastCheck.nat()),
});
const change = fastCheck.record({ before: fastCheck.option(someRow), after: someRow, table: text });

describe('texts and nullable values of an event', () => {
  it('are read as avsc reads them, whatever was read before (I8)', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        for (const one of changes) {
          const bytes = avscOwn.toBuffer(one);
          expect(own.fromBuffer(bytes)).toEqual(avscOwn.fromBuffer(bytes));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('are refused where the record is cut short', () => {
    const bytes = avscOwn.toBuffer({
      before: { name: 'renée', note: 'a note', age: 1 },
      after: { name: 'renée', note: 'a note', age: null },
      table: 'people',
    });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => own.fromBuffer(bytes.subarray(0, length))).toThrow();
    }
  });

  it('refuse a branch that a union does not have', () => {
    const bytes = avscOwn.toBuffer({ before: null, after: { name: '', note: null, age: null }, table: '' });
    expect(() => own.fromBuffer(Buffer.concat([Buffer.of(4), bytes.subarray(1)]))).toThrow(/branch/);
  });
});

describe('a repeated text', () => {
  const repeated = avro.Type.forSchema(
    { type: 'record', name: 'Source', fields: [{ name: 'table', type: 'test.Repeated' }] } as avro.Schema,
    { registry: { 'test.Repeated': repeatedText() } } as Partial<avro.ForSchemaOptions>,
  );
  const plain = avro.Type.forSchema({
    type: 'record',
    name: 'Source',
    fields: [{ name: 'table', type: 'string' }],
  });

  it('is the text of its own record, though that begins or ends like the one before', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.array(text, { maxLength: 6 }), (tables) => {
        for (const table of tables) {
          expect(repeated.fromBuffer(plain.toBuffer({ table }))).toEqual({ table });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused where the record is cut short', () => {
    const bytes = plain.toBuffer({ table: 'people' });
    expect(repeated.fromBuffer(bytes)).toEqual({ table: 'people' });
    expect(() => repeated.fromBuffer(bytes.subarray(0, 4))).toThrow();
  });
});
