import { connectShape } from './connect-json.js';
import { readKeyHeaders } from './key-headers.js';
import type { RecordSchema } from './record-schema.js';
import { rowConverterOf } from './row-converter.js';

const shape = connectShape({
  type: 'struct',
  fields: [
    { field: 'id', type: 'bytes', name: 'org.apache.kafka.connect.data.Decimal', parameters: { scale: '0' } },
  ],
});
const key: RecordSchema = { shape, columns: ['id'], envelope: null };
const rows = rowConverterOf(shape, { engine: 'mysql', fromSnapshot: false });
const envelope = { keyConverters: () => ({ live: rows, read: rows }) };

describe('the other half of a key change', () => {
  it.each([
    '0',
    '1',
    '127',
    '128',
    '255',
    '256',
    '9223372036854775808',
    '18446744073709551615',
    '-1',
    '-129',
  ])('names the unsigned key %s by its digits', (digits) => {
    const header = { name: '__debezium.newkey', value: Buffer.from(`{"id":${digits}}`) };
    const refuseAvro = (): never => {
      throw new TypeError('not Avro');
    };
    expect(readKeyHeaders([header], { key, envelope }, refuseAvro)).toEqual({ movedTo: digits });
  });
});
