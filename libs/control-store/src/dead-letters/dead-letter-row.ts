import type { DeadLetterRow } from '../store-tables.js';
import type { DeadLetterEntry, IndexedRecord } from './dead-letter-index.js';

export function newDeadLetterRow(record: IndexedRecord): DeadLetterRow {
  return {
    id: `${record.queue.partition}-${record.queue.offset}`,
    status: 'open',
    direction: record.direction,
    entity: record.table,
    error_code: record.errorCode,
    stage: record.stage,
    message: record.message,
    attempts: record.attempts,
    event_key: record.eventKey,
    event_id: record.eventId,
    key_digest: record.keyDigest,
    printable_key: record.printableKey,
    first_failed_at_ms: record.failedAtMs,
    last_failed_at_ms: record.failedAtMs,
    occurrences: 1,
    source_topic: record.source.topic,
    source_partition: record.source.partition,
    source_offset: record.source.offset,
    queue_partition: record.queue.partition,
    queue_offset: record.queue.offset,
    size_bytes: record.sizeBytes,
    has_body: record.hasBody ? 1 : 0,
    trace_id: record.traceId,
    settled_at_ms: null,
    settled_by: null,
    outcome: null,
    reason: null,
    request_id: null,
  };
}

/** The entry after another record of its event was found in the queue. */
export function joinedDeadLetterRow(row: DeadLetterRow, record: IndexedRecord): DeadLetterRow {
  const failedSince =
    row.status !== 'open' &&
    row.status !== 'discarded' &&
    row.settled_at_ms !== null &&
    record.failedAtMs > row.settled_at_ms;
  return {
    ...row,
    ...(record.failedAtMs < row.last_failed_at_ms ? {} : latestFault(record)),
    status: failedSince ? 'open' : row.status,
    attempts: attemptsAfter(row, record.attempts),
    last_failed_at_ms: Math.max(row.last_failed_at_ms, record.failedAtMs),
    occurrences: row.occurrences + 1,
    queue_partition: record.queue.partition,
    queue_offset: record.queue.offset,
    size_bytes: record.sizeBytes,
    has_body: record.hasBody ? 1 : 0,
  };
}

/** No more than an integer column holds. */
export function attemptsAfter({ attempts }: Pick<DeadLetterRow, 'attempts'>, more: number): number {
  return Math.min(2_147_483_647, attempts + more);
}

export function toDeadLetterEntry(row: DeadLetterRow): DeadLetterEntry {
  return {
    id: row.id,
    status: row.status as DeadLetterEntry['status'],
    direction: row.direction,
    table: row.entity,
    errorCode: row.error_code,
    stage: row.stage,
    eventId: row.event_id,
    message: row.message,
    attempts: row.attempts,
    firstFailedAtMs: row.first_failed_at_ms,
    lastFailedAtMs: row.last_failed_at_ms,
    occurrences: row.occurrences,
    keyDigest: row.key_digest,
    printableKey: row.printable_key,
    source: { topic: row.source_topic, partition: row.source_partition, offset: row.source_offset },
    queue: { partition: row.queue_partition, offset: row.queue_offset },
    sizeBytes: row.size_bytes,
    hasBody: row.has_body === 1,
    traceId: row.trace_id,
    settledAtMs: row.settled_at_ms,
    settledBy: row.settled_by,
    outcome: row.outcome,
    reason: row.reason,
    requestId: row.request_id,
  };
}

function latestFault({
  errorCode,
  stage,
  message,
}: IndexedRecord): Pick<DeadLetterRow, 'error_code' | 'stage' | 'message'> {
  return { error_code: errorCode, stage, message };
}
