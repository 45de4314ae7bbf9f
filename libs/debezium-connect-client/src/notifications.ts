import * as zod from 'zod';

const notificationTypes = [
  'STARTED',
  'IN_PROGRESS',
  'TABLE_SCAN_COMPLETED',
  'COMPLETED',
  'ABORTED',
  'PAUSED',
  'RESUMED',
  'SKIPPED',
] as const;

const notificationBody = zod.looseObject({
  id: zod.string(),
  aggregate_type: zod.string(),
  type: zod.string(),
  additional_data: zod.record(zod.string(), zod.string()).nullish(),
  timestamp: zod.union([zod.number(), zod.bigint(), zod.string()]).transform(Number).nullish(),
});

export type SnapshotNotificationType = (typeof notificationTypes)[number];

/** What a connector reports of a snapshot through its notification topic. */
export interface SnapshotNotification {
  /** The signal's id; of an initial snapshot, a new one each time. */
  readonly id: string;
  readonly snapshot: 'initial' | 'incremental';
  readonly type: SnapshotNotificationType;
  readonly connector: string | null;
  /** All tables of the snapshot, `<schema or database>.<table>`. */
  readonly dataCollections: readonly string[];
  /** The table this is about. */
  readonly dataCollection: string | null;
  /** `TABLE_SCAN_COMPLETED`: rows read, and `SUCCEEDED`, `EMPTY`, `NO_PRIMARY_KEY`, `SKIPPED`, `SQL_EXCEPTION`, … */
  readonly totalRows: number | null;
  readonly status: string | null;
  /** `IN_PROGRESS` of an incremental snapshot: keys as text, of the last row read and of the last to read. */
  readonly lastProcessedKey: string | null;
  readonly maximumKey: string | null;
  /** Milliseconds since 1970. */
  readonly timestampMs: number | null;
}

const snapshotKinds: Readonly<Record<string, 'initial' | 'incremental'>> = {
  'Initial Snapshot': 'initial',
  'Incremental Snapshot': 'incremental',
};

/**
 * Reads the decoded value of a notification record.
 * @returns null for notifications that are not about snapshots, or of a type unknown here
 * @throws zod.ZodError when it is no notification
 */
export function parseSnapshotNotification(value: unknown): SnapshotNotification | null {
  const body = notificationBody.parse(value);
  const snapshot = snapshotKinds[body.aggregate_type];
  const type = notificationTypes.find((known) => known === body.type);
  if (snapshot === undefined || type === undefined) return null;
  const data = body.additional_data ?? {};
  return {
    id: body.id,
    snapshot,
    type,
    connector: data['connector_name'] ?? null,
    dataCollections: (data['data_collections'] ?? '').split(',').filter((name) => name !== ''),
    dataCollection: data['scanned_collection'] ?? data['current_collection_in_progress'] ?? null,
    totalRows: data['total_rows_scanned'] === undefined ? null : Number(data['total_rows_scanned']),
    status: data['status'] ?? null,
    lastProcessedKey: data['last_processed_key'] ?? null,
    maximumKey: data['maximum_key'] ?? null,
    timestampMs: body.timestamp ?? null,
  };
}
