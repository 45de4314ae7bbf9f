import avro from 'avsc';
import { exactLong } from './exact-long.js';
import { createRecordEditor } from './record-editor.js';
import { createStructReader } from './struct-reader.js';

const named = (type: string, name: string): object => ({ type, 'connect.name': name });
const row = {
  type: 'record',
  name: 'Value',
  namespace: 'legacy.public.users',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'name', type: ['null', 'string'], default: null },
    { name: 'age', type: ['null', 'int'], default: null },
    { name: 'active', type: ['null', 'boolean'], default: null },
    { name: 'born', type: ['null', named('int', 'io.debezium.time.Date')], default: null },
    { name: 'seen', type: ['null', named('long', 'io.debezium.time.MicroTimestamp')], default: null },
    { name: 'picture', type: ['null', 'bytes'], default: null },
    { name: 'tags', type: ['null', { type: 'array', items: 'string' }], default: null },
  ],
};
const envelope = {
  type: 'record',
  name: 'Envelope',
  namespace: 'legacy.public.users',
  fields: [
    { name: 'before', type: ['null', row], default: null },
    { name: 'after', type: ['null', 'Value'], default: null },
    { name: 'source', type: { type: 'record', name: 'Source', fields: [{ name: 'ts_us', type: 'long' }] } },
    { name: 'op', type: 'string' },
  ],
};
const schemas = { avroSchema: () => Promise.resolve(envelope) };

const beyondDouble = 9_007_199_254_740_993n;
const after = {
  id: beyondDouble,
  name: 'Ada',
  age: 36,
  active: true,
  born: 0,
  seen: 0,
  picture: Buffer.from('ab'),
  tags: ['one'],
};

function avroRecord(change: object = {}): Buffer {
  const type = avro.Type.forSchema(
    envelope as avro.Schema,
    {
      registry: { long: exactLong },
      wrapUnions: false,
    } as Partial<avro.ForSchemaOptions>,
  );
  const content = { before: null, after, source: { ts_us: 1 }, op: 'c', ...change };
  return Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), type.toBuffer(content)]);
}

describe('editing a change event', () => {
  const editor = createRecordEditor(schemas);
  const reader = createStructReader(schemas);
  const edited = async (columns: Record<string, string | null>): Promise<Record<string, unknown>> => {
    const value = await editor.edit('users', avroRecord(), columns);
    expect(value.subarray(0, 5)).toEqual(Buffer.from([0, 0, 0, 0, 7]));
    return (await reader.read('users', value))['after'] as Record<string, unknown>;
  };

  it('changes the columns named and nothing else, under the same schema id', async () => {
    expect(await edited({ name: 'Grace', age: null })).toMatchObject({ ...after, name: 'Grace', age: null });
  });

  it.each([
    ['age', '-7', -7],
    ['active', 'false', false],
    ['born', '1969-12-31', -1],
    ['seen', '1970-01-01T00:00:01.000002', 1_000_002],
    ['seen', '1969-12-31 23:59:59.5', -500_000],
    ['picture', '00ff', Buffer.from([0, 255])],
  ])('I8: writes %s as %s in the form of its type', async (column, text, encoded) => {
    expect((await edited({ [column]: text }))[column]).toEqual(encoded);
  });

  it.each([
    ['age', 'many', 'unmappable_value'],
    ['age', '3000000000', 'unmappable_value'],
    ['born', '2026-02-30x', 'unmappable_value'],
    ['seen', '1970-01-01T00:00:00.0000001', 'unmappable_value'],
    ['active', '1', 'unmappable_value'],
    ['tags', '["two"]', 'unsupported_type'],
    ['nickname', 'x', 'request_invalid'],
  ])('I8: refuses for %s the value %s', async (column, text, code) => {
    await expect(edited({ [column]: text })).rejects.toMatchObject({ code });
  });

  it('refuses a record that has no row after the change', async () => {
    const deleted = avroRecord({ before: after, after: null, op: 'd' });
    await expect(editor.edit('users', deleted, { name: 'x' })).rejects.toMatchObject({
      code: 'request_invalid',
    });
  });

  it('I8: keeps the digits of numbers in JSON that it leaves alone', async () => {
    const field = (name: string, type: string): object => ({ field: name, type, optional: true });
    const columns = { type: 'struct', fields: [field('id', 'int64'), field('name', 'string')] };
    const schema = {
      type: 'struct',
      fields: [
        { ...columns, field: 'before', optional: true },
        { ...columns, field: 'after', optional: true },
        { type: 'struct', field: 'source', fields: [field('ts_us', 'int64')] },
        field('op', 'string'),
      ],
    };
    const text = `{"schema":${JSON.stringify(schema)},"payload":{"before":null,"after":{"id":${beyondDouble},"name":"Ada"},"source":{"ts_us":1},"op":"c"}}`;
    const value = Buffer.from(await editor.edit('users', Buffer.from(text), { name: 'Grace' })).toString();
    expect(value).toBe(text.replace('"Ada"', '"Grace"'));
  });
});
