import { changesOf, decoderFor, engines, readFixture, toRaw } from './fixtures/captured-records.js';
import { binlogPosition, postgresPosition } from './source-position.js';

const uuidVersion8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('a captured insert', () => {
  it('of PostgreSQL keeps every digit, letter and microsecond', async () => {
    const [event] = await changesOf('postgres-18', 'users-insert');
    expect(event).toMatchObject({
      operation: 'create',
      snapshot: 'live',
      connector: 'legacy',
      schema: 'public',
      table: 'legacy_users',
      key: '9007199254740993',
      before: null,
      after: {
        id: '9007199254740993',
        username: 'renée "the \\\\ quill" o\'neil 🦜',
        email: 'Renée+1@Example.org',
        full_name: '李小龍',
        phone_number: '12345678901234567890',
        status: 'active',
        created_at: '2024-02-29T23:59:59.123456Z',
        updated_at: '2024-03-01T00:00:00.000001Z',
        sync_source: 'sync_service/revamp-to-legacy/0.123456.789/0a1b2c',
      },
      movedFrom: null,
      movedTo: null,
      traceparent: null,
    });
  });

  it.each(['mariadb-11.4', 'mysql-8.0'] as const)('of %s gives the same logical values', async (engine) => {
    const [event] = await changesOf(engine, 'users-insert');
    expect(event).toMatchObject({
      operation: 'create',
      connector: 'revamp',
      schema: 'revamp_db',
      table: 'revamp_users',
      key: '9007199254740993',
      after: {
        id: '9007199254740993',
        user_name: 'renée "the \\ quill" o\'neil 🦜',
        mobile: '12345678901234567890',
        created_at: '2024-02-29T23:59:59.123456Z',
        updated_at: '2024-03-01T00:00:00.000001Z',
      },
    });
  });

  it.each(engines)('of %s keeps NULL as null', async (engine) => {
    const [event] = await changesOf(engine, 'users-insert-nulls');
    const names = engine === 'postgres-18' ? ['full_name', 'phone_number'] : ['display_name', 'mobile'];
    for (const name of [...names, 'sync_source']) expect(event?.after?.[name]).toBeNull();
  });
});

describe.each(engines)('records captured from %s', (engine) => {
  it('give an update both images', async () => {
    const [event] = await changesOf(engine, 'users-update');
    const status = engine === 'postgres-18' ? 'status' : 'account_status';
    expect(event?.operation).toBe('update');
    expect(event?.before?.[status]?.toLowerCase()).toBe('active');
    expect(event?.after?.[status]?.toLowerCase()).toBe('suspended');
    expect(event?.after?.['updated_at']).toBe('2024-03-01T00:00:01.654321Z');
  });

  it('give a delete its before-image alone', async () => {
    const event = (await changesOf(engine, 'users-delete')).find(({ table }) => table.endsWith('users'));
    expect(event).toMatchObject({ operation: 'delete', after: null, key: '9007199254740995', movedTo: null });
    expect(event?.before?.['created_at']).toBe('2024-02-29T23:59:59.123456Z');
  });

  it('name both keys of a primary key change, beyond 2^53', async () => {
    const events = await changesOf(engine, 'users-primary-key-change');
    expect(events.find(({ operation }) => operation === 'delete')).toMatchObject({
      key: '9007199254740993',
      movedTo: '9007199254740995',
      movedFrom: null,
    });
    expect(events.find(({ operation }) => operation === 'create')).toMatchObject({
      key: '9007199254740995',
      movedFrom: '9007199254740993',
      movedTo: null,
    });
  });

  it('mark reads of the initial snapshot, without commit position', async () => {
    for (const event of await changesOf(engine, 'initial-snapshot')) {
      expect(event).toMatchObject({
        operation: 'read',
        snapshot: 'initial',
        before: null,
        commitPosition: null,
      });
    }
  });

  it('get ids that are unique, start with the commit time, and stay the same when decoded again', async () => {
    const names = [
      'users-insert',
      'users-update',
      'users-primary-key-change',
      'posts-update',
      'posts-insert',
    ];
    const events = (await Promise.all(names.map((name) => changesOf(engine, name)))).flat();
    const again = (await Promise.all(names.map((name) => changesOf(engine, name)))).flat();
    expect(again.map(({ eventId }) => eventId)).toEqual(events.map(({ eventId }) => eventId));
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
    for (const { eventId, committedAtMs } of events) {
      expect(eventId).toMatch(uuidVersion8);
      expect(parseInt(eventId.replace('-', '').slice(0, 12), 16)).toBe(Math.floor(committedAtMs));
    }
  });
});

describe('an incremental snapshot', () => {
  it('of PostgreSQL is told from the initial one', async () => {
    for (const event of await changesOf('postgres-18', 'users-incremental-snapshot')) {
      expect(event).toMatchObject({ operation: 'read', snapshot: 'incremental', commitPosition: null });
    }
  });

  it.each(['postgres-18', 'mariadb-11.4', 'mysql-8.0'] as const)(
    'of %s lies where the log had been read to, so that it is not taken for older than the rows it reads',
    async (engine) => {
      for (const { position } of await changesOf(engine, 'users-incremental-snapshot')) {
        expect(position).not.toContain('/0000000000000000/');
      }
    },
  );
});

describe('positions', () => {
  it.each(['postgres-18', 'mysql-8.0'] as const)('of %s rise through a transaction', async (engine) => {
    const events = await changesOf(engine, 'transaction-of-three');
    const positions = events.slice(0, 2).map(({ position }) => position);
    expect([...positions].sort()).toEqual(positions);
    expect(new Set(positions).size).toBe(2);
    for (const event of events) expect(event.commitPosition).not.toBeNull();
  });

  it('that MariaDB shares among the changes of a transaction are refused before an edit is taken for another', async () => {
    await expect(changesOf('mariadb-11.4', 'shared-positions')).rejects.toMatchObject({
      code: 'preflight_failed',
      message: expect.stringContaining('SET GLOBAL binlog_legacy_event_pos=ON') as string,
    });
  });

  it('may be shared by deliveries of one change and by changes of different rows', async () => {
    const captured = readFixture('mariadb-11.4', 'users-primary-key-change');
    const decoded = await decoderFor(captured).decode([...captured, ...captured].map(toRaw));
    expect(decoded.map(({ kind }) => kind)).toEqual(['change', 'change', 'change', 'change']);
  });

  it('hold the LSN or the binlog place, under the configured epoch', async () => {
    const [postgres] = await changesOf('postgres-18', 'users-insert');
    const [mariadb] = await changesOf('mariadb-11.4', 'users-insert');
    expect(postgres?.position.startsWith('00000001/')).toBe(true);
    expect((postgres?.position ?? '') > postgresPosition(1, 1n)).toBe(true);
    expect(mariadb?.position.startsWith('00000002/0000000000000001/')).toBe(true);
    expect((mariadb?.commitPosition ?? '') > binlogPosition(2, { file: 'binlog.000001', position: 1n })).toBe(
      true,
    );
  });
});
