import { RowbridgeError } from '@rowbridge/errors';
import { createChangeDecoder } from './change-decoder.js';
import type { RawRecord } from './change-event.js';
import { decoderFor, readFixture, toRaw } from './fixtures/captured-records.js';

describe('a record at fault', () => {
  const damaged: readonly [string, (record: RawRecord) => RawRecord, string][] = [
    ['with another first byte', (record) => withValue(record, Buffer.from([7, 1, 2, 3])), 'undecodable'],
    [
      'that is cut short',
      (record) => withValue(record, record.value?.subarray(0, 40) ?? null),
      'undecodable',
    ],
    [
      'with bytes to spare',
      (record) => withValue(record, Buffer.concat([record.value ?? Buffer.of(), Buffer.of(0)])),
      'undecodable',
    ],
    ['of three bytes', (record) => withValue(record, Buffer.of(0, 0, 0)), 'undecodable'],
    ['without key', (record) => ({ ...record, key: null }), 'undecodable'],
    [
      'with an unknown schema id',
      (record) => withValue(record, Buffer.of(0, 0, 0, 99, 99, 1)),
      'schema_id_unknown',
    ],
    [
      'in JSON without schema',
      (record) => withValue(record, Buffer.from('{"op":"c","after":{"id":1}}')),
      'undecodable',
    ],
    ['in broken JSON', (record) => withValue(record, Buffer.from('{"schema":{')), 'undecodable'],
    ['in the place of an envelope', (record) => ({ ...record, value: record.key }), 'undecodable'],
  ];

  it.each(damaged)('%s is refused by name, its batch-mates are decoded', async (_title, damage, code) => {
    const captured = readFixture('postgres-18', 'users-insert');
    const [record] = captured.map(toRaw) as [RawRecord];
    const [before, refused, after] = await decoderFor(captured).decode([record, damage(record), record]);
    expect(before?.kind).toBe('change');
    expect(after?.kind).toBe('change');
    expect(refused).toMatchObject({ kind: 'undecodable', error: { code } });
    const message = refused?.kind === 'undecodable' ? refused.error.message : '';
    expect(message).toContain(record.topic);
    expect(message).toContain(`offset: ${record.offset}`);
    expect(message).not.toContain('renée');
  });

  it('of a connector that is not configured is refused', async () => {
    const captured = readFixture('postgres-18', 'users-insert');
    const schemas = new Map(
      captured.flatMap(({ key, value }) => [key, value]).map((part) => [part?.schemaId, part?.schema]),
    );
    const decoder = createChangeDecoder({
      connectors: [],
      schemas: { avroSchema: (id) => Promise.resolve(JSON.parse(schemas.get(id) ?? 'null') as unknown) },
    });
    const [refused] = await decoder.decode(captured.map(toRaw));
    expect(refused).toMatchObject({ kind: 'undecodable', error: { code: 'undecodable' } });
  });

  it('is not blamed when the registry cannot be reached: the whole batch waits', async () => {
    const captured = readFixture('postgres-18', 'users-insert');
    const decoder = createChangeDecoder({
      connectors: [],
      schemas: { avroSchema: () => Promise.reject(new RowbridgeError('registry_unreachable', 'no answer')) },
    });
    await expect(decoder.decode(captured.map(toRaw))).rejects.toMatchObject({ code: 'registry_unreachable' });
  });

  it('with an unknown schema id is asked for again in the next batch', async () => {
    const captured = readFixture('postgres-18', 'users-insert');
    const schemas = new Map(
      captured.flatMap(({ key, value }) => [key, value]).map((part) => [part?.schemaId, part?.schema]),
    );
    let known = false;
    const decoder = createChangeDecoder({
      connectors: [{ topicPrefix: 'legacy', engineFamily: 'postgres', epoch: 0 }],
      schemas: {
        avroSchema: (id) =>
          known
            ? Promise.resolve(JSON.parse(schemas.get(id) ?? 'null') as unknown)
            : Promise.reject(new RowbridgeError('schema_id_unknown', 'unknown')),
      },
    });
    expect((await decoder.decode(captured.map(toRaw)))[0]?.kind).toBe('undecodable');
    known = true;
    expect((await decoder.decode(captured.map(toRaw)))[0]?.kind).toBe('change');
  });
});

describe('a record that needs no write', () => {
  it('is a tombstone when it has no value', async () => {
    const captured = readFixture('postgres-18', 'users-insert');
    const [record] = captured.map(toRaw) as [RawRecord];
    const [ignored] = await decoderFor(captured).decode([{ ...record, value: null }]);
    expect(ignored).toMatchObject({ kind: 'ignored', reason: 'tombstone' });
  });
});

function withValue(record: RawRecord, value: Uint8Array | null): RawRecord {
  return { ...record, value };
}
