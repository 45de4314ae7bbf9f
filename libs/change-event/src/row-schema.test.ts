import { createChangeDecoder, type ChangeDecoder } from './change-decoder.js';
import type { DecodedRecord, RawRecord } from './change-event.js';
import type { WantedColumns } from './envelope.js';

interface Field {
  readonly field: string;
  readonly type: string;
  readonly name?: string;
}

const id: Field = { field: 'id', type: 'int64' };
const email: Field = { field: 'email', type: 'string' };
const place: Field = { field: 'place', type: 'string', name: 'com.example.Place' };

/** A create of row 1, as Debezium's JSON with schemas. */
function recordOf(
  offset: number,
  columns: readonly Field[],
  row: Readonly<Record<string, unknown>>,
): RawRecord {
  const struct = (field: string | undefined, fields: readonly unknown[]): object => ({
    type: 'struct',
    fields,
    ...(field !== undefined && { field }),
  });
  const sourceFields = ['name', 'schema', 'table', 'sequence'].map((field) => ({ field, type: 'string' }));
  const numbers = ['ts_ms', 'lsn', 'txId'].map((field) => ({ field, type: 'int64' }));
  const schema = struct(undefined, [
    struct('before', columns),
    struct('after', columns),
    struct('source', [...sourceFields, ...numbers]),
    { field: 'op', type: 'string' },
  ]);
  const source = {
    name: 'legacy',
    schema: 'public',
    table: 'people',
    sequence: '["1","2"]',
    ts_ms: 1,
    lsn: 2,
    txId: 3,
  };
  const bytes = (document: object): Buffer => Buffer.from(JSON.stringify(document));
  return {
    topic: 'legacy.public.people',
    partition: 0,
    offset: BigInt(offset),
    timestampMs: 1,
    key: bytes({ schema: struct(undefined, [id]), payload: { id: 1 } }),
    value: bytes({ schema, payload: { before: null, after: row, source, op: 'c' } }),
    headers: [],
  };
}

function decoderFor(wanted?: WantedColumns): ChangeDecoder {
  return createChangeDecoder({
    schemas: { avroSchema: () => Promise.reject(new Error('no Avro here')) },
    connectors: [{ topicPrefix: 'legacy', engineFamily: 'postgres', epoch: 1 }],
    ...(wanted && { wanted }),
  });
}

function schemaOf(record: DecodedRecord | undefined): unknown {
  return record?.kind === 'ignored' ? undefined : record?.schema;
}

describe("a record's row schema", () => {
  it('is one object for all records of one schema, and another after the table has changed', async () => {
    const row = { id: 1, email: 'a' };
    const [first, second, third] = await decoderFor().decode([
      recordOf(0, [id, email], row),
      recordOf(1, [id, email], row),
      recordOf(2, [id, email, place], { ...row, place: null }),
    ]);
    expect(schemaOf(first)).toMatchObject({
      columns: [{ name: 'id' }, { name: 'email' }],
      key: [{ name: 'id' }],
    });
    expect(schemaOf(second)).toBe(schemaOf(first));
    expect(schemaOf(third)).not.toBe(schemaOf(first));
  });

  it('I8: names the columns of a type nobody knows; a value in one refuses the record, which still says so', async () => {
    const [refused] = await decoderFor().decode([recordOf(0, [id, place], { id: 1, place: 'here' })]);
    expect(refused).toMatchObject({ kind: 'undecodable', error: { code: 'unsupported_type' } });
    expect(schemaOf(refused)).toMatchObject({ unreadable: new Set(['place']) });
  });

  it('a column that nobody wants is left out, whatever its type and value', async () => {
    const wanted = new Set(['id', 'email']);
    const decoder = decoderFor((schema, table) =>
      schema === 'public' && table === 'people' ? wanted : null,
    );
    const [decoded] = await decoder.decode([
      recordOf(0, [id, email, place], { id: 1, email: 'a', place: 'here' }),
    ]);
    expect(decoded).toMatchObject({ kind: 'change', event: { after: { id: '1', email: 'a' } } });
    expect(decoded?.kind === 'change' && decoded.event.after).not.toHaveProperty('place');
  });
});
