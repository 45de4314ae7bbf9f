import { createChangeDecoder } from './change-decoder.js';
import type { DecodedRecord, RawRecord } from './change-event.js';

interface KeyColumn {
  readonly type: 'int32' | 'int64' | 'float' | 'string';
  readonly name?: string;
}

interface KeyedRecord {
  readonly connector: 'postgresql' | 'mysql' | 'mariadb';
  readonly column: KeyColumn;
  readonly value: number | string;
  readonly operation: 'c' | 'd' | 'r';
  readonly movedTo?: number | string;
}

const json = (schema: object, payload: object): Buffer => Buffer.from(JSON.stringify({ schema, payload }));

/** A row of its key alone, as a connector sends it in JSON. */
function keyedRecord({ connector, column, value, operation, movedTo }: KeyedRecord): RawRecord {
  const id = { field: 'id', ...column };
  const key = { type: 'struct', fields: [id] };
  const origin =
    connector === 'postgresql' ? { schema: 'public', lsn: 7 } : { db: 'db', file: 'bin.000001', pos: 4 };
  const source = {
    name: 'server',
    table: 'rows',
    ts_ms: 1,
    snapshot: operation === 'r' ? 'true' : 'false',
    ...origin,
  };
  const fields = Object.entries(source).map(([field, of]) => ({
    field,
    type: typeof of === 'string' ? 'string' : 'int64',
  }));
  const image = { ...key, optional: true };
  const envelope = {
    type: 'struct',
    fields: [
      { field: 'before', ...image },
      { field: 'after', ...image },
      { field: 'source', type: 'struct', name: `io.debezium.connector.${connector}.Source`, fields },
      { field: 'op', type: 'string' },
    ],
  };
  const row = { id: value };
  const images = operation === 'd' ? { before: row, after: null } : { before: null, after: row };
  return {
    topic: 'server.rows',
    partition: 0,
    offset: 0n,
    timestampMs: 0,
    key: json(key, row),
    value: json(envelope, { ...images, source, op: operation }),
    headers:
      movedTo === undefined
        ? []
        : [{ name: '__debezium.newkey', value: Buffer.from(JSON.stringify({ id: movedTo })) }],
  };
}

async function decode(record: KeyedRecord): Promise<DecodedRecord | undefined> {
  const engineFamily = record.connector === 'postgresql' ? 'postgres' : 'mysql';
  const decoder = createChangeDecoder({
    connectors: [{ topicPrefix: 'server', engineFamily, epoch: 0 }],
    schemas: { avroSchema: () => Promise.resolve(null) },
  });
  return (await decoder.decode([keyedRecord(record)]))[0];
}

const time: KeyColumn = { type: 'int64', name: 'io.debezium.time.MicroTime' };
const year: KeyColumn = { type: 'int32', name: 'io.debezium.time.Year' };
const float: KeyColumn = { type: 'float' };
const day: KeyColumn = { type: 'int32', name: 'io.debezium.time.Date' };
const timestamp: KeyColumn = { type: 'int64', name: 'io.debezium.time.MicroTimestamp' };
const label: KeyColumn = { type: 'string', name: 'io.debezium.data.Enum' };

describe('a key that a snapshot reads', () => {
  it.each<[string, Omit<KeyedRecord, 'operation'>]>([
    [
      'a time of MySQL, which loses its fraction and sign',
      { connector: 'mysql', column: time, value: 3_600_000_000 },
    ],
    ['a time of MariaDB', { connector: 'mariadb', column: time, value: 3_600_000_000 }],
    ['the year 2000, which may be 0000', { connector: 'mysql', column: year, value: 2000 }],
    ['a single float of MariaDB, which is rounded', { connector: 'mariadb', column: float, value: 1.5 }],
    [
      'a day of PostgreSQL before 1582-10-25, which is shifted',
      { connector: 'postgresql', column: day, value: -150_000 },
    ],
    ['a day of PostgreSQL before the year 1', { connector: 'postgresql', column: day, value: -800_000 }],
    [
      'a wall clock of PostgreSQL before 1582-10-25',
      { connector: 'postgresql', column: timestamp, value: -12_960_000_000_000_000 },
    ],
  ])('I8: %s, names no row: the record is refused, and says what to do', async (_title, record) => {
    const problem = /key column "id": a snapshot.*Update any column of the row/;
    expect(await decode({ ...record, operation: 'r' })).toMatchObject({
      kind: 'undecodable',
      error: { code: 'unmappable_value', message: expect.stringMatching(problem) as string },
    });
  });

  it.each<[string, Omit<KeyedRecord, 'operation'>, string]>([
    ['a year', { connector: 'mysql', column: year, value: 1999 }, '1999'],
    ['a day of MySQL', { connector: 'mysql', column: day, value: -150_000 }, '1559-04-26'],
    ['a day of PostgreSQL', { connector: 'postgresql', column: day, value: 20_000 }, '2024-10-04'],
    ['a time of PostgreSQL', { connector: 'postgresql', column: time, value: 1_500_000 }, '00:00:01.500000'],
    ['a single float of MySQL', { connector: 'mysql', column: float, value: 1.5 }, '1.5'],
  ])('%s, names its row', async (_title, record, key) => {
    const decoded = await decode({ ...record, operation: 'r' });
    expect(decoded).toMatchObject({ kind: 'change', event: { operation: 'read', key } });
  });
});

describe('a key of a live change', () => {
  it('is exact where a snapshot would not be', async () => {
    const decoded = await decode({ connector: 'mysql', column: time, value: -1_500_000, operation: 'c' });
    expect(decoded).toMatchObject({ kind: 'change', event: { key: '-00:00:01.500000' } });
  });
});

describe("a label as a key, each of whose commas MySQL's connectors write behind a backslash", () => {
  it.each(['mysql', 'mariadb'] as const)('of %s names its row, live and by snapshot', async (connector) => {
    for (const operation of ['c', 'r'] as const) {
      const decoded = await decode({ connector, column: label, value: 'red\\, or blue', operation });
      expect(decoded).toMatchObject({
        kind: 'change',
        event: { key: 'red, or blue', after: { id: 'red, or blue' } },
      });
    }
  });

  it('names the row after a key change, too', async () => {
    const movedTo = 'green\\, or blue';
    const record = {
      connector: 'mysql',
      column: label,
      value: 'red\\, or blue',
      operation: 'd',
      movedTo,
    } as const;
    expect(await decode(record)).toMatchObject({
      kind: 'change',
      event: { key: 'red, or blue', movedTo: 'green, or blue' },
    });
  });

  it('keeps its backslash where PostgreSQL sends it', async () => {
    const decoded = await decode({
      connector: 'postgresql',
      column: label,
      value: 'red\\, or blue',
      operation: 'c',
    });
    expect(decoded).toMatchObject({ kind: 'change', event: { key: 'red\\, or blue' } });
  });
});
