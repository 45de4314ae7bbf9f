import avro from 'avsc';
import { avroRecord, confluent, decode, withOperation, type Column } from './fixtures/one-column-records.js';

const column: Column = { title: 'smallint', type: 'int32', value: -7, expected: '-7' };

describe('the keys of a move', () => {
  it.each([
    ['JSON as the simple header converter writes it', '{"id":9007199254740993}'],
    [
      'JSON with schema',
      '{"schema":{"type":"struct","fields":[{"field":"id","type":"int64"}]},"payload":{"id":9007199254740993}}',
    ],
  ])('are read from %s', async (_title, header) => {
    const record = {
      ...avroRecord(column),
      headers: [{ name: '__debezium.oldkey', value: Buffer.from(header) }],
    };
    const decoded = await decode(column, withOperation(record, 'c'));
    expect(decoded).toMatchObject({
      kind: 'change',
      event: { operation: 'create', movedFrom: '9007199254740993' },
    });
  });

  it('are read from Avro', async () => {
    const value = confluent(1, avro.Type.forSchema('long').toBuffer(42));
    const record = { ...avroRecord(column), headers: [{ name: '__debezium.oldkey', value }] };
    const decoded = await decode(column, withOperation(record, 'c'));
    expect(decoded).toMatchObject({ kind: 'change', event: { movedFrom: '42' } });
  });

  it('make the record undecodable when they cannot be read', async () => {
    const headers = [{ name: '__debezium.oldkey', value: Buffer.from('Struct{id=1}') }];
    const decoded = await decode(column, withOperation({ ...avroRecord(column), headers }, 'c'));
    expect(decoded).toMatchObject({ kind: 'undecodable', error: { code: 'undecodable' } });
  });
});

describe('operations that need no write', () => {
  it.each([
    ['t', 'truncate'],
    ['m', 'message'],
  ])('%s is ignored as %s', async (operation, reason) => {
    const record = { ...withOperation(avroRecord(column), operation), key: null };
    expect(await decode(column, record)).toMatchObject({ kind: 'ignored', reason });
  });
});
