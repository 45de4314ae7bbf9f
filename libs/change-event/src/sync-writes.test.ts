import { createChangeDecoder } from './change-decoder.js';
import type { DecodedRecord } from './change-event.js';
import { readFixture, toRaw } from './fixtures/captured-records.js';

/** Server id of the server the records were captured from. */
const serverId = 1;

/** What became of each record of a fixture for a reader that takes the server id for that of sync sessions. */
async function readAs(syncServerId: number | undefined, fixture: string): Promise<readonly DecodedRecord[]> {
  const captured = readFixture('mariadb-11.4', fixture);
  const parts = captured.flatMap(({ key, value }) => [key, value]);
  const schemas = new Map(parts.flatMap((part) => (part ? [[part.schemaId, part.schema]] : [])));
  const decoder = createChangeDecoder({
    connectors: [{ topicPrefix: 'revamp', engineFamily: 'mysql', epoch: 1, syncServerId }],
    schemas: { avroSchema: (id) => Promise.resolve(JSON.parse(schemas.get(id) ?? '') as unknown) },
  });
  return decoder.decode(captured.map(toRaw));
}

describe('changes that a binlog tells to be of a sync session', () => {
  it.each(['users-insert', 'users-update', 'users-delete'])(
    'I4: are no changes to apply (%s)',
    async (fixture) => {
      const decoded = await readAs(serverId, fixture);
      expect(decoded.some(({ kind }) => kind === 'ignored')).toBe(true);
      for (const record of decoded) {
        expect(record.kind === 'ignored' ? record.reason : record.kind).toMatch(/^(?:sync_write|tombstone)$/);
      }
    },
  );

  it.each([
    ['of another server id', serverId + 1],
    ['where the binlog tells nobody apart', undefined],
  ])('I5: are changes to apply %s', async (_title, syncServerId) => {
    expect((await readAs(syncServerId, 'users-update')).map(({ kind }) => kind)).not.toContain('ignored');
  });

  it.each([
    ['initial-snapshot', serverId],
    ['initial-snapshot', 0],
    ['users-incremental-snapshot', serverId],
    ['users-incremental-snapshot', 0],
  ])(
    'I5: rows that a snapshot reads are nobody’s write (%s, server id %i)',
    async (fixture, syncServerId) => {
      const kinds = (await readAs(syncServerId, fixture)).map(({ kind }) => kind);
      expect(new Set(kinds)).toEqual(new Set(['change']));
    },
  );
});
