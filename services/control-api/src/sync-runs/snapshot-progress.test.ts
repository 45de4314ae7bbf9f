import type { SnapshotNotification } from 'debezium-connect-client';
import { SnapshotProgress } from './snapshot-progress.js';

const users = { entity: 'users', collection: 'public.legacy_users', estimatedRows: 1_050 };
const posts = { entity: 'posts', collection: 'public.legacy_posts', estimatedRows: 0 };

function notice(
  type: SnapshotNotification['type'],
  details: Partial<SnapshotNotification> = {},
): SnapshotNotification {
  return {
    id: 'run',
    snapshot: 'incremental',
    type,
    connector: 'legacy',
    dataCollections: [],
    dataCollection: null,
    totalRows: null,
    status: null,
    lastProcessedKey: null,
    maximumKey: '1050',
    timestampMs: null,
    ...details,
  };
}

const chunk = (key: string): SnapshotNotification =>
  notice('IN_PROGRESS', { dataCollection: users.collection, lastProcessedKey: key });
const scanned = (collection: string, totalRows: number, status = 'SUCCEEDED'): SnapshotNotification =>
  notice('TABLE_SCAN_COMPLETED', { dataCollection: collection, totalRows, status });

describe("a connector's snapshot", () => {
  it('counts a chunk a notice, and the exact rows once the table is read', () => {
    const progress = new SnapshotProgress([users, posts], 500);
    expect(progress.state).toBe('waiting');
    progress.take(notice('STARTED'));
    progress.take(chunk('500'));
    expect(progress.tables()).toEqual([
      { entity: 'users', state: 'reading', estimatedRows: 1_050, rowsRead: 500 },
      { entity: 'posts', state: 'waiting', estimatedRows: 0, rowsRead: 0 },
    ]);
    progress.take(chunk('1000'));
    progress.take(chunk('1049'));
    expect(progress.rowsRead).toBe(1_050);
    progress.take(scanned(users.collection, 1_049));
    progress.take(scanned(posts.collection, 0, 'EMPTY'));
    expect(progress.state).toBe('reading');
    progress.take(notice('COMPLETED'));
    expect(progress.state).toBe('read');
    expect(progress.rowsRead).toBe(1_049);
  });

  it('puts rows together over a restart, within a chunk or at its end', () => {
    const between = new SnapshotProgress([users], 500);
    for (const key of ['500', '1000', '1000', '1050']) between.take(chunk(key));
    // Since its restart the connector has read the second chunk again and the third.
    between.take(scanned(users.collection, 550));
    expect(between.rowsRead).toBe(1_050);
    const within = new SnapshotProgress([users], 500);
    for (const key of ['500', '1000', '782', '1050']) within.take(chunk(key));
    within.take(scanned(users.collection, 768));
    expect(within.rowsRead).toBe(1_050);
  });

  it('puts more rows together than were estimated where the estimate was no count', () => {
    const large = new SnapshotProgress([{ ...users, estimatedRows: 1_000_001 }], 1_000_000);
    for (const key of ['1000000', '2000000', '3000000']) large.take(chunk(key));
    large.take(scanned(users.collection, 1_500_000));
    expect(large.rowsRead).toBe(2_500_000);
  });

  it('has failed when a table could not be read, though the connector calls the snapshot completed', () => {
    const progress = new SnapshotProgress([users, posts], 500);
    progress.take(chunk('500'));
    progress.take(scanned(users.collection, 500, 'SQL_EXCEPTION'));
    progress.take(scanned(posts.collection, 0, 'EMPTY'));
    progress.take(notice('COMPLETED'));
    expect(progress.state).toBe('failed');
    expect(progress.failure).toBe('public.legacy_users: SQL_EXCEPTION');
  });

  it('has failed when it completes without a word about one of its tables', () => {
    const progress = new SnapshotProgress([users, posts], 500);
    progress.take(scanned(users.collection, 10));
    progress.take(notice('COMPLETED'));
    expect(progress.failure).toBe('public.legacy_posts: not read');
  });

  it('has stopped when it was told to and completes with tables unread', () => {
    const progress = new SnapshotProgress([users, posts], 500);
    progress.take(chunk('500'));
    progress.expectStop();
    expect(progress.state).toBe('reading');
    progress.take(notice('COMPLETED'));
    expect([progress.state, progress.failure, progress.rowsRead]).toEqual(['stopped', null, 500]);
  });

  it('is stopped by an abort, unless it was read before', () => {
    const stopped = new SnapshotProgress([users], 500);
    stopped.take(chunk('500'));
    stopped.take(notice('ABORTED'));
    expect(stopped.state).toBe('stopped');
    const read = new SnapshotProgress([users], 500);
    read.take(scanned(users.collection, 10));
    read.take(notice('COMPLETED'));
    read.take(notice('ABORTED'));
    expect(read.state).toBe('read');
  });

  it('reads the same from notices that come twice', () => {
    const once = new SnapshotProgress([users], 500);
    const twice = new SnapshotProgress([users], 500);
    const notices = [
      notice('STARTED'),
      chunk('500'),
      chunk('1000'),
      scanned(users.collection, 900),
      notice('COMPLETED'),
    ];
    for (const each of notices) once.take(each);
    for (const each of [...notices, ...notices]) twice.take(each);
    expect(twice.tables()).toEqual(once.tables());
    expect(twice.state).toBe('read');
  });
});
