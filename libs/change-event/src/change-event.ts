import type { RowImage } from './logical-value.js';
import type { RowKey } from './row-key.js';
import type { RowSchema } from './row-schema.js';
import type { SourcePosition } from './source-position.js';

/** One record as it lies in a topic, untouched. Header values keep their order and bytes. */
export interface RawRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** The broker's timestamp, milliseconds since 1970. */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

export interface RecordHeader {
  readonly name: string;
  readonly value: Uint8Array;
}

/** Debezium's `c`, `u`, `d` and `r`. */
export type ChangeOperation = 'create' | 'update' | 'delete' | 'read';

/** Whether the record is a live change, or a row read by the initial or an incremental snapshot. */
export type SnapshotKind = 'live' | 'initial' | 'incremental';

/** One committed change of one row. */
export interface ChangeEvent {
  /** UUID: prefix = commit time in milliseconds, rest = hash of what identifies the change (architecture, "Event id"). */
  readonly eventId: string;
  readonly operation: ChangeOperation;
  readonly snapshot: SnapshotKind;
  /** The connector's topic prefix. */
  readonly connector: string;
  readonly schema: string;
  readonly table: string;
  readonly key: RowKey;
  /** Null for creates and reads, and where the source sends no before-image. */
  readonly before: RowImage | null;
  /** Null for deletes. */
  readonly after: RowImage | null;
  /** Orders the changes of one row. */
  readonly position: SourcePosition;
  /** Rises along a partition with commit order; null where the source does not tell (snapshot reads). */
  readonly commitPosition: SourcePosition | null;
  /** When the source committed, milliseconds since 1970, with fraction. Orders nothing across rows. */
  readonly committedAtMs: number;
  /** The same for measuring lag only: finer where the source's clock is coarse, but not the same when read again. */
  readonly estimatedCommitMs: number;
  /** A create that is the second half of a primary key change: the row's key before. */
  readonly movedFrom: RowKey | null;
  /** A delete that is the first half of a primary key change: the row's key after. */
  readonly movedTo: RowKey | null;
  /** W3C trace context of the record, if any. */
  readonly traceparent: string | null;
}

/** What one record turned out to be. */
export type DecodedRecord =
  | {
      readonly kind: 'change';
      readonly record: RawRecord;
      readonly event: ChangeEvent;
      readonly schema?: RowSchema;
      /** The table's schema has changed since, and back: the images say too little, the row as it is now says all. */
      readonly isOutlived?: true;
    }
  /** Needs no write: a tombstone after a delete, a truncate, a logical message, what a sync session wrote. */
  | {
      readonly kind: 'ignored';
      readonly record: RawRecord;
      readonly reason: 'tombstone' | 'truncate' | 'message' | 'sync_write';
    }
  /**
   * At fault itself: `error` is a RowbridgeError with a record disposition (undecodable, schema_id_unknown,
   * unsupported_type, or unmappable_value and out_of_range for a value that has no exact canonical form).
   */
  | {
      readonly kind: 'undecodable';
      readonly record: RawRecord;
      readonly error: Error;
      /** Where the record could be read that far. */
      readonly schema?: RowSchema;
    };
