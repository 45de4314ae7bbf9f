import type { SourcePosition } from '@rowbridge/change-event';
import type { LookReason } from '@rowbridge/pipeline';

/** What a database says a direction has applied of one topic partition. */
export interface AppliedOffset {
  readonly nextOffset: bigint;
  readonly highWater: { readonly position: SourcePosition | null; readonly committedAtMs: number };
  readonly fingerprint: string;
}

/** By `<topic>/<partition>`. */
export type AppliedOffsets = ReadonlyMap<string, AppliedOffset>;

export interface LookSummary {
  readonly byReason: ReadonlyMap<LookReason, number>;
  /** First seen, milliseconds since 1970, by table name as listed. */
  readonly oldestByTable: ReadonlyMap<string, number>;
  /** Milliseconds since 1970, or null where nothing is listed. */
  readonly oldestFirstSeenMs: number | null;
  /** Entries older than the deadline, open manual conflicts not counted; reasons without any are left out. */
  readonly stuckByReason: ReadonlyMap<LookReason, number>;
}

/** A table that waits for its schema to change. */
export interface SchemaDrift {
  readonly table: string;
  readonly errorCode: string;
  /** What does not fit: names, never row values. */
  readonly what: string;
  /** A change to the mapping that would make it fit, if one is known. */
  readonly mappingPatch: string | null;
}

export interface LedgerMaintenance {
  readonly partitionsAdded: number;
  readonly partitionsDropped: number;
}

/** What a direction's host asks of its target beside the row's path. All throw RowbridgeError. */
export interface TargetAdministration {
  readAppliedOffsets(direction: string): Promise<AppliedOffsets>;
  lookSummary(direction: string): Promise<LookSummary>;
  /** Records or refreshes the drift of a table under its error code. */
  recordSchemaDrift(drift: SchemaDrift): Promise<void>;
  /** Marks every open drift of a table as resolved. */
  resolveSchemaDrift(table: string): Promise<void>;
  /** Adds the ledger's coming days and drops those wholly older than the retention. Two at once are harmless. */
  maintainLedger(): Promise<LedgerMaintenance>;
  close(): Promise<void>;
}
