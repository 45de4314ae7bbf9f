import { parseSnapshotNotification } from './notifications.js';
import { SnapshotSignals, type SignalRecord } from './signals.js';

describe('snapshot signals', () => {
  let sent: { topic: string; record: SignalRecord }[] = [];
  const signals = new SnapshotSignals({
    topic: 'rowbridge.signals.legacy',
    topicPrefix: 'legacy',
    sendRecord: async (topic, record) => {
      sent.push({ topic, record });
    },
  });
  beforeEach(() => {
    sent = [];
  });
  const sentValue = (): unknown => JSON.parse(sent[0]?.record.value ?? 'null');

  it('start an incremental snapshot of some rows, keyed by the topic prefix', async () => {
    const id = await signals.start({
      dataCollections: ['public.legacy_users'],
      additionalConditions: [{ dataCollection: 'public.legacy_users', filter: 'id > 5' }],
    });
    expect(sent[0]).toMatchObject({ topic: 'rowbridge.signals.legacy', record: { key: 'legacy' } });
    expect(sentValue()).toEqual({
      id,
      type: 'execute-snapshot',
      data: {
        type: 'INCREMENTAL',
        'data-collections': ['public.legacy_users'],
        'additional-conditions': [{ 'data-collection': 'public.legacy_users', filter: 'id > 5' }],
      },
    });
  });

  it('stop all of a snapshot, or some of its tables', async () => {
    await signals.stop();
    expect(sentValue()).toMatchObject({ type: 'stop-snapshot', data: { type: 'INCREMENTAL' } });
    expect(sentValue()).not.toHaveProperty('data.data-collections');
    sent = [];
    await signals.stop(['public.legacy_likes']);
    expect(sentValue()).toHaveProperty('data.data-collections', ['public.legacy_likes']);
  });

  it('pause and resume', async () => {
    await signals.pause();
    await signals.resume();
    expect(sent.map(({ record }) => (JSON.parse(record.value) as { type: string }).type)).toEqual([
      'pause-snapshot',
      'resume-snapshot',
    ]);
  });

  it('are not taken as sent when the record could not be written', async () => {
    const failing = new SnapshotSignals({
      topic: 'signals',
      topicPrefix: 'legacy',
      sendRecord: () => Promise.reject(new Error('no broker')),
    });
    await expect(failing.start({ dataCollections: ['public.legacy_users'] })).rejects.toThrow('no broker');
  });
});

describe('snapshot notifications', () => {
  const seen = (type: string, data: Record<string, string>): unknown => ({
    id: 'run-1',
    type,
    aggregate_type: 'Incremental Snapshot',
    additional_data: { connector_name: 'legacy', ...data },
    timestamp: 1795224726784,
  });

  it('tell progress by keys, which stay text', () => {
    const progress = parseSnapshotNotification(
      seen('IN_PROGRESS', {
        current_collection_in_progress: 'public.legacy_users',
        last_processed_key: '9007199254740995',
        maximum_key: '9007199254740999',
        data_collections: 'public.legacy_users,public.legacy_posts',
      }),
    );
    expect(progress).toMatchObject({
      id: 'run-1',
      snapshot: 'incremental',
      type: 'IN_PROGRESS',
      dataCollection: 'public.legacy_users',
      dataCollections: ['public.legacy_users', 'public.legacy_posts'],
      lastProcessedKey: '9007199254740995',
      maximumKey: '9007199254740999',
      timestampMs: 1795224726784,
    });
  });

  it('tell how many rows a table had', () => {
    const scanned = parseSnapshotNotification(
      seen('TABLE_SCAN_COMPLETED', {
        scanned_collection: 'public.legacy_users',
        total_rows_scanned: '2',
        status: 'SUCCEEDED',
      }),
    );
    expect(scanned).toMatchObject({ type: 'TABLE_SCAN_COMPLETED', totalRows: 2, status: 'SUCCEEDED' });
  });

  it.each(['STARTED', 'COMPLETED', 'ABORTED'] as const)('know %s without any detail', (type) => {
    expect(parseSnapshotNotification(seen(type, {}))).toMatchObject({
      type,
      totalRows: null,
      dataCollection: null,
    });
  });

  it('pass over what is not about a snapshot, and refuse what is no notification', () => {
    expect(parseSnapshotNotification({ id: 'one', aggregate_type: 'Capacity', type: 'STARTED' })).toBeNull();
    expect(() => parseSnapshotNotification({ hello: 'world' })).toThrow();
  });
});
